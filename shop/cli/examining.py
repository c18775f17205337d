"""What `shop doctor` looks at: one function a check, each says what it saw or complains with what to do."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from shop.accounts.factors.queries import sealed_factors
from shop.app.schema import Standing, head, standing
from shop.catalog.checks import harvest_differences, stock_differences
from shop.cli.opening import NEWER, database_words
from shop.flows.proof import prove
from shop.invoices.sealed import sealed_accounts
from shop.kernel.clock import TOWN_ZONE, town_day
from shop.kernel.jobs import all_jobs
from shop.kernel.outbox import Message, MessageState
from shop.payments.queries import unasked
from shop.search.follower import status
from shop.town.queries import has_town, the_town
from shop.vendors.joining.payout import unreadable
from shop.web.house import House

LOW_BYTES = 1_000_000_000
SKEW = timedelta(seconds=5)
PROBE = "doctor/probe.txt"
MUCH_LAG = 100
"""Changes of the catalogue; a running follower reads five hundred in a second."""


@dataclass
class Complaint(Exception):
    """A check found something wrong."""

    said: str
    remedy: str


@dataclass(frozen=True)
class Finding:
    """What one check came to; `remedy` is empty when all is well."""

    check: str
    said: str
    remedy: str = ""

    @property
    def is_ok(self) -> bool:
        """Tell whether the check found nothing wrong."""
        return not self.remedy


def examine(house: House) -> Iterator[Finding]:
    """Yield the finding of every check; those that need the database end with the first that cannot have it."""
    for name, check in CHECKS:
        try:
            yield Finding(name, check(house))
        except Complaint as complaint:
            yield Finding(name, complaint.said, complaint.remedy)
            if name in NEEDED:
                return
        except Exception as error:  # noqa: BLE001 - whatever a driver raises is what this command is there to report
            said = " ".join(str(getattr(error, "orig", error)).split())
            yield Finding(name, f"{type(error).__name__}: {said}", REMEDIES.get(name, "Look at the log."))
            if name in NEEDED:
                return


def _settings(house: House) -> str:
    settings = house.settings
    if settings.env == "production":
        if not settings.public_url.startswith("https://"):
            raise Complaint(
                "SHOP_PUBLIC_URL is not https: passwords would travel readable",
                "put a proxy with TLS in front and give its address, see docs/operate.md.",
            )
        if settings.host == "127.0.0.1" and not settings.trusted_proxies:
            raise Complaint(
                "all visitors seem to come from the proxy's address and would share its limits",
                "set SHOP_TRUSTED_PROXIES to the number of proxies in front, usually 1.",
            )
    return f"{settings.env}, {settings.public_url}"


def _disk(house: House) -> str:
    free = shutil.disk_usage(house.settings.data_dir).free
    said = f"{free // 1_000_000} MB free at {house.settings.data_dir}"
    if free < LOW_BYTES:
        raise Complaint(said, "make room: the index alone needs three times its size while it is rebuilt.")
    return said


def _database(house: House) -> str:
    with house.edge.engine.connect() as connection:
        version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
    return f"{database_words(house.settings)}, {house.edge.engine.dialect.name} {version}"


def _migrations(house: House) -> str:
    at = standing(house.edge.engine)
    if at is Standing.NEWER:
        raise Complaint(at, NEWER)
    if at is not Standing.CURRENT:
        raise Complaint(f"the database is {at}", "run `shop db upgrade`.")
    return head()


def _town(house: House) -> str:
    with house.edge.reading() as session:
        if not has_town(session):
            raise Complaint("there is no town yet", "run `shop init`, or `shop demo load` for the demo.")
        return the_town(session).name


def _storage(house: House) -> str:
    wanted = house.clock().isoformat().encode()
    house.store.put(PROBE, wanted, "text/plain")
    got = house.store.get(PROBE)
    house.store.delete(PROBE)
    if got != wanted or house.store.exists(PROBE):
        raise Complaint(
            "what was written was not read back and removed", "check SHOP_MEDIA_URL and the disk or bucket."
        )
    return "written, read and removed"


def _index(house: House) -> str:
    seen = status(house.edge.engine, house.settings.search_dir)
    if not seen.healthy:
        raise Complaint(f"it cannot be used ({seen.reason})", "let `shop follow` run, or `shop search rebuild`.")
    if seen.lag > MUCH_LAG:
        raise Complaint(f"{seen.lag} changes behind", "see that `shop follow` runs, and its log.")
    return f"{seen.documents} listings, {seen.lag} changes to read"


def _queue(house: House) -> str:
    return f"{house.queue.huey.pending_count()} waiting"


def _jobs(house: House) -> str:
    with house.edge.reading() as session:
        jobs = all_jobs(session)
        late = [job.name for job in jobs if job.is_late(house.clock())]
        failing = [f"{job.name} ({job.error})" for job in jobs if job.error]
    if not jobs or late:
        raise Complaint(f"late: {', '.join(late) or 'no job ever ran'}", "start `shop worker`, or look at its log.")
    if failing:
        raise Complaint(f"failing: {', '.join(failing)}", "look at the worker's log; the next turn tries again.")
    return f"{len(jobs)} on time"


def _messages(house: House) -> str:
    counted = select(Message.state, func.count()).group_by(Message.state)
    with house.edge.reading() as session:
        counts = {row[0]: row[1] for row in session.execute(counted)}
    poisoned = counts.get(MessageState.POISONED, 0)
    if poisoned:
        raise Complaint(f"{poisoned} could not be delivered", "mend the cause, then retry them at /staff/jobs.")
    return f"{counts.get(MessageState.WAITING, 0)} waiting, {counts.get(MessageState.DONE, 0)} done"


def _clock(house: House) -> str:
    remedy = "set this machine's clock by NTP (timedatectl set-ntp true)."
    now = house.clock()
    with house.edge.reading() as session:
        newest = session.scalar(select(func.max(Message.created_at)))
        server = session.scalar(select(func.now())) if house.edge.engine.dialect.name == "postgresql" else None
    if newest is not None and newest - now > SKEW:
        raise Complaint(f"a message was written {newest - now} in the future", remedy)
    if isinstance(server, datetime) and abs(server - house.clock()) > SKEW:
        raise Complaint(f"the database's clock differs by {abs(server - house.clock())}", remedy)
    return f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, {town_day(now)} in {TOWN_ZONE.key}"


def _gateways(house: House) -> str:
    if not house.gateways:
        raise Complaint("nobody can pay: there is no payment gateway", "set one up, see docs/operate.md.")
    outside = f"short messages by {type(house.sms).__name__}, mails by {type(house.mail).__name__}"
    return f"pay by {', '.join(sorted(house.gateways))}; {outside}"


def _providers(house: House) -> str:
    with house.edge.reading() as session:
        left = unasked(session, house.gateways)
    if left:
        told = "; ".join(f"{code}: {paying} payments, {back} refunds" for code, (paying, back) in left.items())
        raise Complaint(
            f"nobody can be asked, the gateway is switched off: {told}",
            "give its keys again until these are settled: the worker then asks for each of them by itself.",
        )
    return "every open payment and refund has its gateway"


def _stock(house: House) -> str:
    with house.edge.reading() as session:
        wrong = stock_differences(session) + harvest_differences(session)
    if wrong:
        raise Complaint(
            f"{wrong} variants or harvest days differ from their movements or holds",
            "count them at the centre; report it.",
        )
    return "equals its movements, holds and promised harvests"


def _books(house: House) -> str:
    with house.edge.reading() as session:
        flaws = prove(session)
    if flaws:
        raise Complaint(
            f"{len(flaws)} sums in the books do not follow from payments and orders",
            "stop paying out, run `shop ledger check` and report what it prints: no act of the house does this.",
        )
    return "follow from payments, refunds and orders"


def _vault(house: House) -> str:
    with house.edge.reading() as session:
        kept, lost = unreadable(session, house.vault)
        factors, invoices = sealed_factors(session), sealed_accounts(session)
    unread = sum(not house.vault.opens(sealed) for sealed in invoices)
    shut = sum(not house.vault.opens(sealed) for sealed in factors)
    if lost or shut or unread:
        raise Complaint(
            f"{lost} of {kept} accounts of vendors, {shut} of {len(factors)} second factors and {unread} of"
            f" {len(invoices)} accounts on invoices were sealed under another key",
            "add that key to SHOP_VAULT_KEY behind a comma; if it is lost, those vendors tell their account again, a"
            " manager resets those factors, and those invoices are sent back to be mended.",
        )
    return f"opens all of {kept} accounts, {len(factors)} second factors and {len(invoices)} accounts on invoices"


CHECKS: tuple[tuple[str, Callable[[House], str]], ...] = (
    ("settings", _settings),
    ("disk", _disk),
    ("storage", _storage),
    ("queue", _queue),
    ("gateways", _gateways),
    ("database", _database),
    ("migrations", _migrations),
    ("town", _town),
    ("index", _index),
    ("jobs", _jobs),
    ("messages", _messages),
    ("clock", _clock),
    ("providers", _providers),
    ("stock", _stock),
    ("books", _books),
    ("vault", _vault),
)
NEEDED = frozenset({"database", "migrations"})
REMEDIES = {
    "storage": "check SHOP_MEDIA_URL, the folder's owner, or the bucket's keys.",
    "queue": "check SHOP_JOBS_URL and that its server runs.",
    "database": "check SHOP_DATABASE_URL and that its server runs.",
}
