"""The offer to take back what was just done: shown on a vendor's pages for as long as there is time for it."""

from dataclasses import dataclass

from flask import Flask
from flask import session as cookie

from shop.vendors.acts.queries import act_by_code
from shop.web.house import current_vendor, house, reading

KEPT = "undo"


@dataclass(frozen=True)
class UndoOffer:
    """What can be taken back with one press.

    Attributes:
        words: told on the page that the act led to.
        about: the same in one line that names the thing.
        is_fresh: it was done by the press that led to this page; afterwards it is told in one line.
    """

    code: str
    words: str
    about: str
    is_fresh: bool


def say_undo(act_code: str, words: str) -> None:
    """Tell on the next page what was done, with a button that takes it back; it stays while there is time."""
    cookie[KEPT] = [act_code, words, True]


def forget_undo() -> None:
    """Stop offering to take the last act back."""
    cookie.pop(KEPT, None)


def undo_offer() -> UndoOffer | None:
    """Return what this browser can take back, or None; on a second look it is no longer fresh."""
    kept, own = cookie.get(KEPT), current_vendor()
    if not isinstance(kept, list) or own is None:
        return None
    code, words, is_fresh = kept
    act = act_by_code(reading(), own.id, code, now=house().clock())
    if act is None or not act.may_undo:
        forget_undo()
        return None
    if is_fresh:
        cookie[KEPT] = [code, words, False]
    return UndoOffer(code, words, act.words, is_fresh)


def init_undo(app: Flask) -> None:
    """Give the frame of a vendor's pages its `undo_offer()`."""
    app.jinja_env.globals["undo_offer"] = undo_offer
