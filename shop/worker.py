"""What happens after a commit and by the clock: the handler of every topic, and the jobs that come round."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from shop.accounts.models import CodePurpose
from shop.accounts.services import forget_old, make_code
from shop.accounts.topics import ENTRY_CODE, HELPER_CODE, RESET_CODE
from shop.app.tongues import tongue_of
from shop.catalog.drafts.services import forget_old as forget_old_drafts
from shop.catalog.imports.topics import IMPORT_WANTED
from shop.catalog.questions.services import forget_askers
from shop.courier.topics import BOOK_SHIPMENT, CANCEL_SHIPMENT, FOLLOW_SHIPMENT
from shop.flows import (
    bench,
    booking,
    closing,
    import_jobs,
    invoicing,
    pooling,
    readback,
    reconcile,
    refunds,
    selling,
    settle,
    shelf,
    stocking,
    tracking,
)
from shop.flows.rights import fading, records
from shop.fulfilment.topics import BOOK_COURIER
from shop.kernel import outbox
from shop.kernel.actor import system
from shop.kernel.jobs import HEARTBEAT, expect, run_if_due
from shop.media.private import drop_private
from shop.media.services import make_renditions
from shop.media.sweeping import sweep, todays_share
from shop.media.topics import PHOTO_RECEIVED
from shop.notifications.rules import Sender
from shop.notifications.services import deliver, deliver_mail
from shop.notifications.topics import MAIL, SMS
from shop.orders.queries.waiting import asked_no_more
from shop.payments.gateways.protocol import wired
from shop.payments.queries import payment_by_code
from shop.payments.topics import REFUND_ASKED, START_WANTED, VOID_WANTED
from shop.town.queries import the_town
from shop.vendors.joining.forgetting import forget_applications
from shop.web.house import House

log = logging.getLogger(__name__)

Facts = Mapping[str, Any]

MINUTE_S = 45
"""Every minute: the queue ticks once a minute give or take a moment, and a turn may not be missed for that moment."""
TEN_MINUTES_S = 585
DAY_S = 86_400
COURIER = system("job:courier")
SHELF = system("job:shelf")


@dataclass(frozen=True)
class Job:
    """Something done again and again; it looks for what is not done yet and so may be late or run twice."""

    name: str
    every_s: int
    work: Callable[[House], None]


def handlers(house: House) -> Mapping[str, outbox.Handler]:
    """Return what is done about each topic of the outbox."""
    return {
        BOOK_COURIER: partial(_book_courier, house),
        BOOK_SHIPMENT: partial(_book_shipment, house),
        CANCEL_SHIPMENT: partial(_cancel_shipment, house),
        ENTRY_CODE: partial(_send_code, house, CodePurpose.ENTRY),
        FOLLOW_SHIPMENT: partial(_follow_shipment, house),
        HELPER_CODE: partial(_send_code, house, CodePurpose.HELPER),
        IMPORT_WANTED: partial(_take_in_goods, house),
        MAIL: partial(_send_mail, house),
        PHOTO_RECEIVED: partial(_make_renditions, house),
        REFUND_ASKED: partial(_drive_refund, house),
        RESET_CODE: partial(_send_code, house, CodePurpose.RESET),
        SMS: partial(_send_sms, house),
        START_WANTED: partial(_start_payment, house),
        VOID_WANTED: partial(_void_payment, house),
    }


def _book_courier(house: House, _id: int, facts: Facts) -> None:
    bench.book(house.edge, house.couriers, facts["parcel"], actor=COURIER, clock=house.clock)


def _book_shipment(house: House, _id: int, facts: Facts) -> None:
    booking.drive(house.edge, house.couriers, facts["shipment"], actor=COURIER, clock=house.clock)


def _cancel_shipment(house: House, _id: int, facts: Facts) -> None:
    booking.tell_off(house.edge, house.couriers, facts["shipment"])


def _follow_shipment(house: House, _id: int, facts: Facts) -> None:
    tracking.follow(house.edge, house.couriers, facts["shipment"], clock=house.clock)


def _take_in_goods(house: House, _id: int, facts: Facts) -> None:
    import_jobs.work_off(house.edge, house.store, facts["import"], clock=house.clock)


def _make_renditions(house: House, _id: int, facts: Facts) -> None:
    make_renditions(house.edge, house.store, facts["key"], clock=house.clock)


def _drive_refund(house: House, _id: int, facts: Facts) -> None:
    refunds.drive(house.edge, house.gateways, facts["refund"], clock=house.clock)


def _start_payment(house: House, _id: int, facts: Facts) -> None:
    with house.edge.reading() as session:
        gateway = wired(house.gateways, payment_by_code(session, facts["payment"]).gateway)
    settle.start(house.edge, gateway, facts["payment"], public_url=house.settings.public_url, clock=house.clock)


def _void_payment(house: House, _id: int, facts: Facts) -> None:
    url = house.settings.public_url
    settle.void(house.edge, house.gateways, facts["payment"], public_url=url, clock=house.clock)


def _send_sms(house: House, message_id: int, facts: Facts) -> None:
    _send(house, message_id, facts)


def _send_code(house: House, purpose: CodePurpose, message_id: int, facts: Facts) -> None:
    code = house.edge.run(
        lambda session: make_code(
            session,
            message_id,
            facts["phone"],
            purpose=purpose,
            secret=house.settings.secret_key,
            clock=house.clock,
        )
    )
    wanted = {**facts, "template": f"{purpose.value}_code", "values": {}}
    _send(house, message_id, wanted, secret_values={"code": code})


def _sender(house: House) -> Sender:
    with house.edge.reading() as session:
        town = the_town(session)
    return Sender(town.name, town.centre_phone)


def _send_mail(house: House, message_id: int, facts: Facts) -> None:
    url = house.settings.public_url
    deliver_mail(
        house.edge,
        house.mail,
        message_id,
        facts,
        sender=_sender(house),
        tongue=tongue_of(facts),
        public_url=url,
        clock=house.clock,
    )


def _send(house: House, message_id: int, facts: Facts, secret_values: Mapping[str, str] | None = None) -> None:
    deliver(
        house.edge,
        house.sms,
        message_id,
        facts,
        sender=_sender(house),
        tongue=tongue_of(facts),
        is_demo=house.settings.is_demo,
        is_moot=asked_no_more,
        clock=house.clock,
        secret_values=secret_values,
    )


def _expire(house: House) -> None:
    closing.expire_due(house.edge, house.gateways, public_url=house.settings.public_url, clock=house.clock)


def _sweep_payments(house: House) -> None:
    settle.sweep(house.edge, house.gateways, public_url=house.settings.public_url, clock=house.clock)


def _drive_refunds(house: House) -> None:
    refunds.drive_due(house.edge, house.gateways, clock=house.clock)


def _reconcile(house: House) -> None:
    reconcile.reconcile_all(house.edge, house.gateways, clock=house.clock)


def _requeue(house: House) -> None:
    with house.edge.reading() as session:
        ids = outbox.due(session, house.clock())
    if ids:
        log.info("messages handed over again", extra={"count": len(ids)})
        house.queue.wake(ids)


def _forget_applications(house: House) -> None:
    for key in house.edge.run(lambda session: forget_applications(session, house.clock())):
        drop_private(house.store, key)


def _forget_tries(house: House) -> None:
    house.edge.run(lambda session: forget_old(session, house.clock()))


def _forget_drafts(house: House) -> None:
    house.edge.run(lambda session: forget_old_drafts(session, house.clock()))


def _sweep_photos(house: House) -> None:
    sweep(house.edge, house.store, folders=todays_share(house.clock()), clock=house.clock)


def _forget_people(house: House) -> None:
    fading.fade_due(house.edge, days=house.settings.fade_days, clock=house.clock)


def _drop_records(house: House) -> None:
    records.drop_due(house.edge, months=house.settings.keep_months, clock=house.clock)


def _forget_askers(house: House) -> None:
    house.edge.run(lambda session: forget_askers(session, house.clock()))


def _revive_imports(house: House) -> None:
    import_jobs.revive(house.edge, clock=house.clock)


def _watch_shelf(house: House) -> None:
    selling.leave_due(house.edge, actor=SHELF, clock=house.clock)
    stocking.bring_back_due(house.edge, actor=SHELF, clock=house.clock)
    stocking.ask_due(house.edge, clock=house.clock)
    shelf.watch_due(house.edge, actor=SHELF, clock=house.clock)


def _track(house: House) -> None:
    tracking.poll(house.edge, house.couriers, clock=house.clock)


def _read_back(house: House) -> None:
    readback.tell_due(house.edge, clock=house.clock)
    readback.remind_due(house.edge, clock=house.clock)


def _ask_for_invoices(house: House) -> None:
    invoicing.meet_due(house.edge, clock=house.clock)


def _share_out(house: House) -> None:
    pooling.share_out_due(house.edge, clock=house.clock)


def _beat(_house: House) -> None:
    """Do nothing: that a worker came by is what the heartbeat says."""


PERIODIC: tuple[Job, ...] = (
    Job(HEARTBEAT, MINUTE_S, _beat),
    Job("outbox", MINUTE_S, _requeue),
    Job("expire", MINUTE_S, _expire),
    Job("payments", MINUTE_S, _sweep_payments),
    Job("refunds", MINUTE_S, _drive_refunds),
    Job("imports", MINUTE_S, _revive_imports),
    Job("read-back", MINUTE_S, _read_back),
    Job("demand", MINUTE_S, _share_out),
    Job("tracking", TEN_MINUTES_S, _track),
    Job("shelf", TEN_MINUTES_S, _watch_shelf),
    Job("invoices", TEN_MINUTES_S, _ask_for_invoices),
    Job("forget-tries", DAY_S, _forget_tries),
    Job("forget-applications", DAY_S, _forget_applications),
    Job("forget-drafts", DAY_S, _forget_drafts),
    Job("forget-askers", DAY_S, _forget_askers),
    Job("forget-people", DAY_S, _forget_people),
    Job("drop-records", DAY_S, _drop_records),
    Job("sweep-photos", DAY_S, _sweep_photos),
    Job("reconcile", DAY_S, _reconcile),
)


def tick(house: House) -> None:
    """Run every job whose turn has come; two workers share the turns."""
    for job in PERIODIC:
        run_if_due(house.edge, job.name, job.every_s, partial(job.work, house), clock=house.clock)


def work(house: House) -> None:
    """Deliver messages and run jobs until SIGTERM; call it in the main thread."""
    with house.edge.transaction() as session:
        for job in PERIODIC:
            expect(session, job.name, job.every_s)
    # Readiness waits for a first heartbeat, which must not wait for the first minute.
    run_if_due(house.edge, HEARTBEAT, MINUTE_S, partial(_beat, house), clock=house.clock)
    table = handlers(house)
    house.queue.consume(
        lambda message_id: _deliver(house, table, message_id),
        partial(tick, house),
        workers=house.settings.job_threads,
    )


def _deliver(house: House, table: Mapping[str, outbox.Handler], message_id: int) -> None:
    outbox.deliver(house.edge, table, message_id, clock=house.clock)
