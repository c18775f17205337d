"""For managers: who did what to this order, when and why, from the click to the doorstep in one line of time."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.flows.audit.rows import Trace, Trail
from shop.flows.audit.trail import trail
from shop.kernel.clock import TOWN_ZONE, town_day
from shop.orders.queries.orders import OrderFacts, order_by_code
from shop.orders.views.audit_words import WHAT, quoted, who, why
from shop.orders.views.words import order_word
from shop.web.actors import actor_names
from shop.web.audience import Audience, blueprint
from shop.web.books import ACCOUNT_WORDS, ENTRY_WORDS, whose
from shop.web.house import reading

bp = blueprint("staff_audit", __name__, Audience.STAFF, prefix="/staff", roles=("manager",))

NEWEST = "newest"
BOOKS: Mapping[str, tuple[str, str, frozenset[Trail]]] = {
    "order": (_l("单"), _l("订单"), frozenset({Trail.ORDER, Trail.READDRESSED, Trail.WISH, Trail.ANSWER})),
    "goods": (
        _l("货"),
        _l("农户和收货"),
        frozenset(
            {Trail.PART, Trail.ANSWERED, Trail.HEARD, Trail.ACT, Trail.INTAKE, Trail.LOT, Trail.RECALLED, Trail.NOTICE}
        ),
    ),
    "money": (
        _l("钱"),
        _l("钱"),
        frozenset(
            {
                *(Trail.PROVIDER, Trail.PAYMENT, Trail.LOWERED, Trail.SETTLED, Trail.CASH),
                *(Trail.REFUND_ASKED, Trail.REFUND, Trail.CARRIED, Trail.CASH_BACK, Trail.BOOKED),
            }
        ),
    ),
    "parcel": (
        _l("包"),
        _l("打包和路上"),
        frozenset(
            {
                *(Trail.PARCEL, Trail.BOX_PHOTO, Trail.SHIPMENT, Trail.EVENT),
                *(Trail.HAND_OVER, Trail.SIGNED, Trail.DOOR_PHOTO),
            }
        ),
    ),
    "message": (_l("信"), _l("短信"), frozenset({Trail.MESSAGE})),
    "desk": (_l("办"), _l("柜台办的"), frozenset({Trail.FORM})),
    "look": (_l("看"), _l("谁看过"), frozenset({Trail.VIEW})),
}
"""By what the address calls it: a kind's mark, its name, and the rows that are of it."""
KIND_OF: Mapping[Trail, str] = {row: kind for kind, (_mark, _name, rows) in BOOKS.items() for row in rows}


@dataclass(frozen=True)
class Legs:
    """An entry of the ledger in words: what it is, and account -> fen, debit positive."""

    name: str
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Row:
    """One thing done: at which hour, what, why, who; what somebody else said of it, and what the books say."""

    clock: str
    iso: str
    kind: str
    mark: str
    book: str
    what: str
    why: tuple[str, ...]
    who: str
    quoted: tuple[str, ...]
    legs: Legs | None


@dataclass(frozen=True)
class Day:
    """What was done on one day of the town."""

    on: date
    rows: tuple[Row, ...]


@bp.get("/orders/<code>/audit")
def order_audit(code: str) -> ResponseReturnValue:
    """Show everything that was done to one order, or what is of one kind; the oldest first, or the newest."""
    order = order_by_code(reading(), code)
    traces = trail(reading(), order)
    kind, is_newest = request.args.get("kind", ""), request.args.get("order") == NEWEST
    names = actor_names({trace.actor for trace in traces if trace.actor})
    vendors = {part.vendor_code: part.vendor_name for part in (*order.parts, *order.passed_on)}
    shown = [trace for trace in traces if kind not in BOOKS or KIND_OF[trace.kind] == kind]
    if is_newest:
        shown.reverse()
    return render_template(
        "staff/audit.html",
        code=order.code,
        state=order_word(order),
        days=_days(shown, order, names, vendors),
        kinds=_kinds(code, traces, kind, is_newest),
        ways=_ways(code, kind, is_newest),
        sums=_sums(traces, vendors) if kind in ("", "money") else (),
        count=len(shown),
    )


def _days(
    traces: Iterable[Trace], order: OrderFacts, names: Mapping[str, str], vendors: Mapping[str, str]
) -> tuple[Day, ...]:
    return tuple(
        Day(day, tuple(_row(trace, order, names, vendors) for trace in own))
        for day, own in groupby(traces, key=lambda trace: town_day(trace.at))
    )


def _row(trace: Trace, order: OrderFacts, names: Mapping[str, str], vendors: Mapping[str, str]) -> Row:
    mark, book, _rows = BOOKS[KIND_OF[trace.kind]]
    return Row(
        clock=f"{trace.at.astimezone(TOWN_ZONE):%H:%M}",
        iso=trace.at.isoformat(),
        kind=KIND_OF[trace.kind],
        mark=str(mark),
        book=str(book),
        what=WHAT[trace.kind](trace),
        why=why(trace, order.phone),
        who=who(trace.actor, names),
        quoted=quoted(trace),
        legs=_legs(trace, vendors),
    )


def _legs(trace: Trace, vendors: Mapping[str, str]) -> Legs | None:
    if trace.entry is None:
        return None
    return Legs(
        str(ENTRY_WORDS[trace.entry.kind]),
        tuple((_account(code, vendors), fen) for code, fen in trace.entry.legs),
    )


def _account(code: str, vendors: Mapping[str, str]) -> str:
    prefix, _colon, owner = code.partition(":")
    return f"{ACCOUNT_WORDS[prefix]}（{whose(code, vendors)}）" if owner else str(ACCOUNT_WORDS[prefix])


def _sums(traces: Iterable[Trace], vendors: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """Return what all entries together have left on each account; what they sum to is nothing."""
    left: Counter[str] = Counter()
    for trace in traces:
        for code, fen in trace.entry.legs if trace.entry else ():
            left[code] += fen
    kinds = list(ACCOUNT_WORDS)
    codes = sorted((code for code in left if left[code]), key=lambda code: (kinds.index(code.partition(":")[0]), code))
    return tuple((_account(code, vendors), left[code]) for code in codes)


def _kinds(code: str, traces: Sequence[Trace], kind: str, is_newest: bool) -> list[tuple[str, int, str, bool]]:
    """Return the choices of a kind that has rows: name, how many, address, whether it is the one shown."""
    counts, order = Counter(KIND_OF[trace.kind] for trace in traces), NEWEST if is_newest else None
    every = [("", _l("全部"), len(traces))]
    every += [(each, name, counts[each]) for each, (_mark, name, _rows) in BOOKS.items() if counts[each]]
    return [
        (
            str(name),
            count,
            url_for("staff_audit.order_audit", code=code, kind=each or None, order=order),
            each == (kind if kind in BOOKS else ""),
        )
        for each, name, count in every
    ]


def _ways(code: str, kind: str, is_newest: bool) -> list[tuple[str, None, str, bool]]:
    """Return the two ways to read it: name, nothing to count, address, whether it is the one shown."""
    kept = kind if kind in BOOKS else None
    return [
        (str(name), None, url_for("staff_audit.order_audit", code=code, kind=kept, order=order), is_here)
        for name, order, is_here in (
            (_l("先做的在前"), None, not is_newest),
            (_l("后做的在前"), NEWEST, is_newest),
        )
    ]
