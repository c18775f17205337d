"""What a buyer reads of a consignment: its bar, its day, and no word that contradicts another."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from shop.courier.models import EventCode, ShipmentKind, ShipmentState
from shop.courier.queries import EventFacts, PassageFacts, ShipmentFacts
from shop.web.carriage import BUYER_WORDS, expected_words, stages

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
S, E = ShipmentState, EventCode


def _at(hours: int) -> datetime:
    return NOW - timedelta(hours=hours)


def _facts(state: ShipmentState, *said: EventCode, expected_at: datetime | None = None) -> ShipmentFacts:
    events = tuple(EventFacts(code, _at(len(said) - place), "", "", "", "ems") for place, code in enumerate(said))
    return ShipmentFacts(
        key="K", version=1, kind=ShipmentKind.GOODS, carrier="manual", company="ems", carrier_name="EMS",
        waybill="9812345678901", state=state, sender="", recipient="陈先生", phone="13800001234", province="四川",
        city="成都", district="武侯区", street="", cargo="蛋", weight_g=1, reference="", asked_at=_at(99),
        expected_at=expected_at, promised_on=None, failure="", calls=0, label_url="", carrier_ref="", marks={},
        price_fen=None, tracked_at=None, doubt="", photo_key=None, events=events,
        passages=(PassageFacts("", state.value, NOW, "", ""),),
    )  # fmt: skip


WAY = (E.LABEL_CREATED, E.PICKED_UP, E.IN_TRANSIT)


@pytest.mark.parametrize(
    ("state", "said", "bar"),
    [
        (S.FAILED, (), ["now", "todo", "todo", "todo", "todo"]),
        (S.LABEL_CREATED, WAY[:1], ["now", "todo", "todo", "todo", "todo"]),
        (S.IN_TRANSIT, WAY, ["done", "done", "now", "todo", "todo"]),
        (S.DELIVERED, (*WAY, E.OUT_FOR_DELIVERY, E.DELIVERED), ["done"] * 5),
        (S.EXCEPTION, (*WAY, E.EXCEPTION), ["done", "done", "done", "failed", "todo", "todo"]),
        (S.RETURNED, (*WAY, E.REFUSED, E.RETURNED), ["done", "done", "done", "failed"]),
    ],
)
def test_the_bar_stands_where_the_consignment_is(
    app: Flask, state: ShipmentState, said: tuple[EventCode, ...], bar: list[str]
) -> None:
    with app.test_request_context():
        drawn = stages(_facts(state, *said))
    assert [stage.state for stage in drawn] == bar
    if "failed" in bar:
        failed = drawn[bar.index("failed")]
        assert (failed.label, failed.at) == (str(BUYER_WORDS[state]), _at(1))


def test_what_was_refused_is_expected_no_more(app: Flask) -> None:
    soon = NOW + timedelta(days=1)
    with app.test_request_context():
        assert expected_words(_facts(S.IN_TRANSIT, *WAY, expected_at=soon), NOW) == "大约 11月23日（周一）到"
        assert expected_words(_facts(S.REFUSED, *WAY, E.REFUSED, expected_at=soon), NOW) is None
