"""The sign-in kept in the browser: Flask-Login carries which one it is, nothing about the person."""

from datetime import datetime

from flask import Flask, Response
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from shop.accounts.rules import OWN_LIFE, SHARED_IDLE

manager = LoginManager()

SEEN = "seen"
"""Cookie key: when a shared phone was last used, in seconds since 1970. A phone of one's own has none."""
SEEN_EVERY_S = 60


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login remembers: `<user id>.<session epoch>.<sign-in id>`.

    Raising the epoch ends every sign-in of a person, ending the row of one ends that one.
    """

    def __init__(self, user_id: int, epoch: int, sign_in_id: int) -> None:
        self.user_id = user_id
        self.epoch = epoch
        self.sign_in_id = sign_in_id

    def get_id(self) -> str:
        """Return the text kept in the cookie."""
        return f"{self.user_id}.{self.epoch}.{self.sign_in_id}"


def load(text: str) -> SignedIn | None:
    """Return the sign-in a cookie speaks of, or None when it is not ours."""
    parts = text.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    return SignedIn(*map(int, parts))


def init_login(app: Flask) -> None:
    """Attach the login manager."""
    manager.init_app(app)
    manager.user_loader(load)

    @app.after_request
    def keep_nothing(response: Response) -> Response:
        # The next user of a shared phone presses the back arrow.
        if SEEN in cookie:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def signed_in_ids() -> tuple[int, int, int] | None:
    """Return (user id, session epoch, sign-in id) of this browser, unchecked against the database."""
    if not current_user.is_authenticated:
        return None
    return current_user.user_id, current_user.epoch, current_user.sign_in_id


def remember(user_id: int, epoch: int, sign_in_id: int, *, is_shared: bool, now: datetime) -> None:
    """Sign a person in with a fresh session, so that one planted before cannot be used.

    On a phone of one's own a second cookie outlives the browser; on a shared one nothing does, and whatever such a
    cookie said of somebody before is dropped, or it would bring them back after this person has left.
    """
    kept = {name: cookie[name] for name in ("basket", "basket_count", "orders") if name in cookie}
    forget()
    cookie.update(kept)
    login_user(SignedIn(user_id, epoch, sign_in_id), remember=not is_shared, duration=OWN_LIFE)
    if is_shared:
        cookie[SEEN] = int(now.timestamp())


def stay(now: datetime) -> bool:
    """Note that a shared phone is in use; tell whether it still is, or lay unused for too long."""
    last, second = cookie.get(SEEN, 0), int(now.timestamp())
    if second - last >= SHARED_IDLE.total_seconds():
        return False
    if second - last >= SEEN_EVERY_S:  # not at every page: each change sends the cookie again
        cookie[SEEN] = second
    return True


def forget() -> None:
    """Sign this browser out and drop what its session held."""
    # In this order: signing out leaves a mark in the session that makes the browser drop its long-lived cookie.
    cookie.clear()
    logout_user()
