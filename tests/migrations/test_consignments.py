"""The step that made consignments of the town's parcels: nothing that had happened to one is lost on the way."""

from sqlalchemy import Engine, text

from shop.app.schema import downgrade, upgrade

ADDRESS = "'陈先生', '13800000000', '四川', '成都', '武侯区', '老街 1 号', '土鸡蛋', 2500"
OLD = (
    "INSERT INTO shipment (id, key, carrier, waybill, kind, state, recipient, phone, province, city, district, street,"
    " cargo, weight_g, booked_at) VALUES"
    f" (1, 'P1', 'town', 'XYD26112200001', 'goods', 'booked', {ADDRESS}, '2026-11-22 02:00:00'),"
    f" (2, 'P2', 'town', 'XYD26112200002', 'goods', 'returned', {ADDRESS}, '2026-11-22 02:00:00')",
    "INSERT INTO shipment_event (id, shipment_id, code, at, actor, reason) VALUES"
    " (1, 1, 'booked', '2026-11-22 02:00:00', 'job:courier', ''),"
    " (2, 2, 'booked', '2026-11-22 02:00:00', 'job:courier', ''),"
    " (3, 2, 'picked_up', '2026-11-22 03:00:00', 'S1', ''),"
    " (4, 2, 'returned', '2026-11-22 09:00:00', 'D1', '没人在家')",
)
PASSAGES = "SELECT shipment_id, from_state, to_state, actor, reason FROM shipment_history ORDER BY id"
EVENTS = "SELECT shipment_id, code, source, actor, text FROM shipment_event ORDER BY id"
BACK = "SELECT shipment_id, code, actor, reason FROM shipment_event ORDER BY id"


def _rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_what_happened_to_a_parcel_stays_known(empty: Engine) -> None:
    upgrade(empty, "0021")
    with empty.execution_options(write=True).begin() as connection:
        for statement in OLD:
            connection.execute(text(statement))
    upgrade(empty, "0022")
    assert _rows(empty, "SELECT key, state FROM shipment ORDER BY id") == [("P1", "label_created"), ("P2", "returned")]
    assert _rows(empty, "SELECT key, waybill FROM town_waybill ORDER BY id") == [
        ("P1", "XYD26112200001"),
        ("P2", "XYD26112200002"),
    ]
    assert _rows(empty, PASSAGES) == [
        (1, "", "label_created", "job:courier", ""),
        (2, "", "label_created", "job:courier", ""),
        (2, "label_created", "picked_up", "S1", ""),
        (2, "picked_up", "returned", "D1", "没人在家"),
    ]
    assert _rows(empty, EVENTS)[-1] == (2, "returned", "driver", "D1", "没人在家")
    downgrade(empty, "0021")
    assert _rows(empty, "SELECT key, state FROM shipment ORDER BY id") == [("P1", "booked"), ("P2", "returned")]
    assert sorted(_rows(empty, BACK)) == [
        (1, "booked", "job:courier", ""),
        (2, "booked", "job:courier", ""),
        (2, "picked_up", "S1", ""),
        (2, "returned", "D1", "没人在家"),
    ]
