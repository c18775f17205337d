"""The sign-in kept in the browser: Flask-Login carries a person's id and session epoch, nothing else."""

from flask import Flask
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

manager = LoginManager()


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login remembers: `<user id>.<session epoch>`; raising the epoch ends every session of a person."""

    def __init__(self, user_id: int, epoch: int) -> None:
        self.user_id = user_id
        self.epoch = epoch

    def get_id(self) -> str:
        """Return the text kept in the cookie."""
        return f"{self.user_id}.{self.epoch}"


def load(text: str) -> SignedIn | None:
    """Return the sign-in a cookie speaks of, or None when it is not ours."""
    user_id, _, epoch = text.partition(".")
    if not (user_id.isdigit() and epoch.isdigit()):
        return None
    return SignedIn(int(user_id), int(epoch))


def init_login(app: Flask) -> None:
    """Attach the login manager."""
    manager.init_app(app)
    manager.user_loader(load)


def signed_in_ids() -> tuple[int, int] | None:
    """Return (user id, session epoch) of this browser's sign-in, unchecked against the database."""
    if not current_user.is_authenticated:
        return None
    return current_user.user_id, current_user.epoch


def remember(user_id: int, epoch: int) -> None:
    """Sign a person in with a fresh session, so that one planted before cannot be used."""
    kept = {name: cookie[name] for name in ("basket", "basket_count", "elder", "orders") if name in cookie}
    cookie.clear()
    cookie.update(kept)
    login_user(SignedIn(user_id, epoch), remember=True)


def forget() -> None:
    """Sign this browser out and drop what its session held."""
    # In this order: signing out leaves a mark in the session that makes the browser drop its long-lived cookie.
    cookie.clear()
    logout_user()
