"""Rules of questions and answers: how long, what may stand in them, and answers that need no typing."""

import re
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum

from shop.catalog.lawful import Ground, forbidden_in
from shop.catalog.models import ReturnClass
from shop.catalog.obstacles import NotLawful, Obstacle, ObstacleKind
from shop.kernel.errors import Invalid

MAX_QUESTION, MAX_ANSWER, MAX_WHY = 200, 400, 60
MOST_WAITING = 3
"""Questions that one phone may have waiting for their answers."""
MOST_TOLD = 3
"""Short messages of new questions that a vendor gets in a day; the list has them all."""
TOLD_SPAN = timedelta(days=1)
MEND_SPAN = timedelta(minutes=10)
"""For so long a household may say it otherwise: a thumb slips."""
STAFF_AFTER = timedelta(hours=24)
"""A question that waits longer is the centre's to see to."""
KEEP_PHONE = timedelta(days=30)
"""For so long after the answer, or after it was hidden, is kept who asked: the answer may have to be told again."""
KEEP_WAITING = timedelta(days=180)
"""For so long is kept who asked what nobody answers; an answer that comes later is only read on the page."""

FIGURES = str.maketrans("零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "0012345678911" + "23456789")
MOBILE = re.compile(r"(?<!\d)1\W{0,2}[3-9](?:\W{0,2}\d){9}(?!\d)")
LONG = re.compile(r"(?:\d ?){7,}")
"""A telephone number or the number of an account; what sums, weights and days have is shorter or parted by signs."""
LINK = re.compile(
    r"(?:https?:|www\.|[a-z0-9-]+\.(?:com|cn|net|org|top|cc|xyz|vip|shop|me|io|link|site|club)\b)", re.ASCII
)
MESSENGERS = r"(?:[微薇威徽v](?:信|芯|xin)|卫星|vx|wx|wechat|weixin|qq|扣扣)"
"""Messengers by which people befriend, in the spellings that are meant to slip through."""
ACCOUNT = re.compile(MESSENGERS + r"\W{0,3}(?:号|id)?\W{0,3}[a-z0-9_-]{5,}")
BEFRIEND = re.compile(r"加(?:我|个|下|一下|您|你)?的?" + MESSENGERS)


class Ready(StrEnum):
    """An answer that is pressed, not typed."""

    IN_STOCK = "in_stock"
    NONE_LEFT = "none_left"
    FRESH = "fresh"
    COLLECT = "collect"
    CALL = "call"


def may_say_otherwise(answered_at: datetime | None, *, by_centre: bool, now: datetime) -> bool:
    """Tell whether a household may still mend an answer it has given; the centre's stays."""
    return answered_at is not None and not by_centre and now - answered_at < MEND_SPAN


def ready_answers(*, free: int, is_live: bool, return_class: ReturnClass) -> tuple[Ready, ...]:
    """Return the answers that can be true of a thing, the likeliest first.

    Args:
        free: how many of it can be bought now.
        is_live: it is collected, not sent.
        return_class: goods of class FRESH are brought as they are gathered.
    """
    said = [Ready.IN_STOCK if free > 0 else Ready.NONE_LEFT]
    if is_live:
        said.append(Ready.COLLECT)
    elif return_class is ReturnClass.FRESH and free > 0:
        said.append(Ready.FRESH)
    return (*said, Ready.CALL)


def one_line(typed: str) -> str:
    """Return a text in one line, without characters that nobody sees."""
    seen = "".join(ch for ch in typed if unicodedata.category(ch) not in ("Cf", "Cs", "Co") or ch == "\u200d")
    return " ".join(seen.split())


def check_question(typed: str) -> str:
    """Return a question as it is kept.

    Raises:
        Invalid: field "text"; reason "empty", "length" or "contact".
        NotLawful: it names goods that may not be sold.
    """
    return _checked("text", typed, MAX_QUESTION, frozenset({Ground.BANNED}))


def check_answer(typed: str) -> str:
    """Return an answer as it is kept: what a household says of its goods stands under the same law as its offer.

    Raises:
        Invalid: field "answer"; reason "empty", "length" or "contact".
        NotLawful: it says what may not be said of goods.
    """
    return _checked("answer", typed, MAX_ANSWER, frozenset(Ground))


def _checked(field: str, typed: str, most: int, grounds: frozenset[Ground]) -> str:
    text = one_line(typed)
    if not text:
        raise Invalid(field, "empty")
    if len(text) > most:
        raise Invalid(field, "length")
    if leads_away(text):
        raise Invalid(field, "contact")
    found = [one for one in forbidden_in({"story": text}) if one.ground in grounds]
    if found:
        raise NotLawful(
            tuple(Obstacle(ObstacleKind.FORBIDDEN_WORD, field, f"{one.ground}:{one.word}") for one in found)
        )
    return text


def leads_away(text: str) -> bool:
    """Tell whether a text names a telephone number, a link or an account by which people would trade past the house."""
    plain = unicodedata.normalize("NFKC", text).lower()
    if LINK.search(plain) or ACCOUNT.search(plain) or BEFRIEND.search(plain):
        return True
    figures = plain.translate(FIGURES)
    return bool(MOBILE.search(figures) or LONG.search(figures))
