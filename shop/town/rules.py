"""Rules of the town's facts: how a manager types them, and what they may be."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shop.kernel.clock import TOWN_ZONE
from shop.kernel.errors import Invalid
from shop.kernel.money import BP, fen_from_text

CUTOFF = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?", re.ASCII)
DIAL = re.compile(r"\+?[0-9][0-9 -]{4,18}[0-9]", re.ASCII)
HOUR = re.compile(r"\d{1,2}:\d{2}", re.ASCII)
MONTH_SPAN = re.compile(r"(1[0-2]|0?[1-9])(?:[-–—~至到](1[0-2]|0?[1-9]))?", re.ASCII)
WHOLE_YEAR = 0b1111_1111_1111
WEEKDAY_NAMES = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7}
WEEKDAYS = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])(?:\s*[至到–—~-]\s*(?:周|星期|礼拜)?([一二三四五六日天]))?")
EVERY_DAY = ("每天", "天天")
HOURS = re.compile(r"(\d{1,2}:\d{2})\s*[-–—~至到]\s*(\d{1,2}:\d{2})", re.ASCII)
AND = "、,;和及 "
"""What parts days, or hours, in a row."""
MIDNIGHT = "24:00"
DAYS_AHEAD = 60
"""So many days the centre's next open one is looked for."""
MAX_NAME, MAX_LINE, MAX_NAMES, MAX_ROWS = 20, 100, 12, 7
MIN_HOLD, MAX_HOLD = 1, 1440
MAX_UNPAID = 50
MAX_CLAIM_HOURS, MAX_CLAIM_AUTO_FEN, MAX_CLAIMS = 168, 100_000, 20
"""Minutes for which goods wait for the payment of a placed order."""


def _plain(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed).strip()


def parse_cutoff(typed: str) -> str:
    """Return a time of day as "HH:MM"; 8:00 and full-width figures will do.

    Raises:
        Invalid: field "cutoff".
    """
    found = CUTOFF.fullmatch(_plain(typed))
    if found is None:
        raise Invalid("cutoff", "shape")
    return f"{int(found[1]):02d}:{found[2]}"


def parse_percent(typed: str) -> int:
    """Return basis points of a percentage typed as "10", "10.5" or "10.25%"; no float is involved.

    Raises:
        Invalid: field "fee", not a number with at most two decimals (reason "shape") or above 100 ("range").
    """
    found = PERCENT.fullmatch(_plain(typed).removesuffix("%").strip())
    if found is None:
        raise Invalid("fee", "shape")
    bp = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    check_fee(bp)
    return bp


def percent(bp: int) -> str:
    """Return basis points as the percentage a person would type: 10, 10.5, 10.25."""
    whole, rest = divmod(bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def parse_phone(typed: str) -> str:
    """Return a telephone number that can be dialled, kept as it was grouped.

    Raises:
        Invalid: field "centre_phone".
    """
    text = _plain(typed)
    if not DIAL.fullmatch(text):
        raise Invalid("centre_phone", "shape")
    return text


def parse_opening(typed: str) -> list[tuple[str, str]]:
    """Return opening hours typed one row a line: the days, a blank, the hours.

    Raises:
        Invalid: field "opening", reason "shape": a line has no hours.
    """
    rows = []
    for line in typed.splitlines():
        days, _, hours = " ".join(line.split()).partition(" ")
        if days and not hours:
            raise Invalid("opening", "shape")
        if days:
            rows.append((days, hours))
    return rows


def opening_text(rows: Sequence[tuple[str, str]]) -> str:
    """Return opening hours as `parse_opening` reads them."""
    return "\n".join(f"{days} {hours}" for days, hours in rows)


def closing_hour(rows: Sequence[tuple[str, str]], weekday: int) -> str | None:
    """Return when the centre closes on a day of the week, or None when no hours are told.

    Where it cannot be read which rows are for that day, the earliest hour is told, which is never too late.

    Args:
        rows: opening hours as people read them: 周一至周六, 08:00–18:00.
        weekday: 1 is Monday.
    """
    hours = [(days, found[-1]) for days, words in rows if (found := HOUR.findall(_plain(words)))]
    of_day = [hour for days, hour in hours if weekday in _weekdays(days)]
    return min(of_day or [hour for _days, hour in hours], key=lambda hour: hour.rjust(5, "0"), default=None)


@dataclass(frozen=True)
class Doors:
    """When somebody can come to the centre next.

    Attributes:
        on: the town's day.
        opens: "HH:MM"; "" when no hours are told, which is then no hindrance.
        is_open: now.
    """

    on: date
    opens: str
    is_open: bool


def doors(rows: Sequence[tuple[str, str]], closed: Collection[date], at: datetime) -> Doors:
    """Return whether the centre is open at a moment, else when it opens next.

    Where it cannot be read which rows are for a day, only the hours that all of them share are told.

    Args:
        rows: as of `closing_hour`.
        closed: days on which it does not open.
    """
    local = at.astimezone(TOWN_ZONE)
    first, hour = local.date(), f"{local:%H:%M}"
    for ahead in range(DAYS_AHEAD):
        day = first + timedelta(days=ahead)
        for opens, closes in [] if day in closed else _spans(rows, day.isoweekday()):
            if ahead or hour < closes:
                return Doors(day, opens, is_open=not ahead and opens <= hour)
    return Doors(first, "", is_open=False)


def opening(rows: Sequence[tuple[str, str]], on: date) -> datetime:
    """Return the moment at which the centre opens on a day; its first where no hours are told for it."""
    opens = next((opens for opens, _closes in _spans(rows, on.isoweekday())), "") or "00:00"
    return datetime.fromisoformat(f"{on} {opens}").replace(tzinfo=TOWN_ZONE)


def _spans(rows: Sequence[tuple[str, str]], weekday: int) -> list[tuple[str, str]]:
    """Return from when to when the centre is open on a day of the week, in order; none when it stays closed."""
    told = [(days, [hour.zfill(5) for hour in HOUR.findall(_plain(words))]) for days, words in rows]
    told = [(days, hours) for days, hours in told if hours]
    if not told:
        return [("", MIDNIGHT)]
    of_day = sorted(span for days, hours in told if weekday in _weekdays(days) for span in _pairs(hours))
    if of_day:
        return of_day
    of_any = [hours for days, hours in told if not _weekdays(days)]
    shared = (
        max((hours[0] for hours in of_any), default=""),
        min((_pairs(hours)[-1][1] for hours in of_any), default=""),
    )
    return [shared] if shared[0] < shared[1] else []


def _pairs(hours: Sequence[str]) -> list[tuple[str, str]]:
    """Return hours two by two; what begins and is not said to end, or ends after midnight, ends at midnight."""
    found = zip(hours[::2], [*hours[1::2], MIDNIGHT], strict=False)
    return [(opens, closes if opens < closes else MIDNIGHT) for opens, closes in found]


def _weekdays(days: str) -> frozenset[int]:
    """Return which days of the week are meant by 每天, 周一至周六 or 周二、周日; none where that cannot be read."""
    if "每天" in days or "天天" in days:
        return frozenset(range(1, 8))
    found: set[int] = set()
    for first, last in WEEKDAYS.findall(days):
        start, end = WEEKDAY_NAMES[first], WEEKDAY_NAMES[last or first]
        found |= {(start + step - 1) % 7 + 1 for step in range((end - start) % 7 + 1)}
    return frozenset(found)


def weekday_spans(days: str) -> tuple[tuple[int, int], ...]:
    """Return days as spans of the week, (1, 6) for 周一至周六; none where they say more than that, or otherwise."""
    text = _plain(days)
    if text in EVERY_DAY:
        return ((1, 7),)
    if WEEKDAYS.sub("", text).strip(AND):
        return ()
    return tuple((WEEKDAY_NAMES[first], WEEKDAY_NAMES[last or first]) for first, last in WEEKDAYS.findall(text))


def hour_spans(words: str) -> tuple[tuple[str, str], ...]:
    """Return hours as spans, ("08:00", "18:00") for 08:00–18:00; none where they say more than that, or otherwise."""
    text = _plain(words)
    return () if HOURS.sub("", text).strip(AND) else tuple(HOURS.findall(text))


def parse_names(typed: str) -> list[str]:
    """Return names typed in one line with 、 or commas or blanks between them, each once, in their order."""
    return list(dict.fromkeys(part for part in re.split(r"[、,，;；\s]+", typed) if part))


def check_fee(fee_bp: int) -> None:
    """Refuse a fee outside 0 to 100 percent (`Invalid`, field "fee")."""
    if not 0 <= fee_bp <= BP:
        raise Invalid("fee", "range")


def check_hold(minutes: int) -> None:
    """Refuse a hold outside a minute to a day (`Invalid`, field "hold_minutes")."""
    if not MIN_HOLD <= minutes <= MAX_HOLD:
        raise Invalid("hold_minutes", "range")


def check_claims(hours: int, auto_fen: int, most: int) -> None:
    """Refuse what cannot be chosen about claims (`Invalid`, field "claim_hours", "claim_auto" or "claim_most")."""
    if not 1 <= hours <= MAX_CLAIM_HOURS:
        raise Invalid("claim_hours", "range")
    if not 0 <= auto_fen <= MAX_CLAIM_AUTO_FEN:
        raise Invalid("claim_auto", "range")
    if not 1 <= most <= MAX_CLAIMS:
        raise Invalid("claim_most", "range")


def parse_claim_auto(typed: str) -> int:
    """Return the fen of a limit typed in yuan.

    Raises:
        Invalid: field "claim_auto"; "shape" or "range".
    """
    try:
        fen = fen_from_text(typed)
    except ValueError:
        raise Invalid("claim_auto", "shape") from None
    check_claims(1, fen, 1)
    return fen


def check_unpaid(most: int) -> None:
    """Refuse a cap on unpaid orders outside 1 to 50 (`Invalid`, field "most_unpaid")."""
    if not 1 <= most <= MAX_UNPAID:
        raise Invalid("most_unpaid", "range")


def check_pay_weekday(weekday: int) -> None:
    """Refuse what is no day of the week, 1 being Monday (`Invalid`, field "pay_weekday")."""
    if not 1 <= weekday <= 7:
        raise Invalid("pay_weekday", "range")


def pay_day(today: date, weekday: int, holidays: Collection[date]) -> date:
    """Return the next day on which vendors are paid, today included.

    A pay day on which the centre is closed moves to the first day after it on which it is open; one of the week
    before may therefore still be to come.

    Args:
        today: the town's day.
        weekday: on which day of the week the centre pays; 1 is Monday.
        holidays: days on which the centre is closed.
    """
    planned = today - timedelta(days=(today.isoweekday() - weekday) % 7)
    for day in (planned, planned + timedelta(days=7)):
        while day in holidays:
            day += timedelta(days=1)
        if day >= today:
            return day
    raise AssertionError("the second is a day of the coming week, or later")


def parse_months(typed: str) -> int:
    """Return months typed as 4-10, or 4-6、9, or 11-2 across the new year, as bits, January lowest.

    Raises:
        Invalid: field "tourist_months": not months (reason "shape"), or the whole year ("range").
    """
    text = re.sub(r"\s", "", _plain(typed)).replace("月", "")
    months: set[int] = set()
    for span in re.split(r"[、,;]", text):
        found = MONTH_SPAN.fullmatch(span)
        if found is None:
            raise Invalid("tourist_months", "shape")
        first, last = int(found[1]), int(found[2] or found[1])
        months |= {(first + step - 1) % 12 + 1 for step in range((last - first) % 12 + 1)}
    bits = sum(1 << (month - 1) for month in months)
    check_tourist_bits(bits)
    return bits


def months_of(bits: int) -> tuple[int, ...]:
    """Return the months of bits, in order."""
    return tuple(month for month in range(1, 13) if bits & 1 << (month - 1))


def months_text(months: Collection[int]) -> str:
    """Return months as `parse_months` reads them: 4-10, or 4-6、9."""
    starts = [month for month in sorted(months) if (month - 2) % 12 + 1 not in months]
    spans = []
    for start in starts:
        end = start
        while end % 12 + 1 in months:
            end = end % 12 + 1
        spans.append(str(start) if start == end else f"{start}-{end}")
    return "、".join(spans)


def check_tourist_bits(bits: int) -> None:
    """Refuse no month, or the whole year, as the tourist season (`Invalid`, field "tourist_months")."""
    if not 0 < bits < WHOLE_YEAR:
        raise Invalid("tourist_months", "range")


def check_opening(rows: Sequence[tuple[str, str]]) -> None:
    """Refuse no opening hours, more than a week of rows, or a row too long to print (`Invalid`, field "opening")."""
    if not 1 <= len(rows) <= MAX_ROWS or any(len(days) + len(hours) > MAX_LINE for days, hours in rows):
        raise Invalid("opening", "length")


def check_names(field: str, names: Sequence[str]) -> list[str]:
    """Return other names of a place; too many or too long ones are refused (`Invalid`)."""
    if len(names) > MAX_NAMES or any(not 1 <= len(name) <= MAX_NAME for name in names):
        raise Invalid(field, "length")
    return list(names)


def check_text(field: str, text: str, most: int) -> str:
    """Return a text without blanks around it.

    Raises:
        Invalid: naming the field; it is empty or longer than so many characters.
    """
    text = text.strip()
    if not 1 <= len(text) <= most:
        raise Invalid(field, "length")
    return text
