"""Pages a second, beside a bare Flask hello on the same server in the same run: `make bench-pages`.

SIZE=1k,100k (the default) or others. Two processes serve, as `shop serve` does; home, a shelf with 24 cards, a thing, a
search and a household are asked for by 1 and by 16 clients at once: as a visitor who was never here, as somebody with a
basket, and made anew each time, as after a write (somebody whose cookie holds what only they may see). Clients take
brotli, as browsers do. The processor's time is that of the serving processes, for each request. COUNT=600 requests.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shop.app import create_app, engine_of
from shop.search.follower import Follower
from shop.settings import Settings
from tests.bench import goods
from tests.bench.clients import request
from tests.bench.orders import Timed, free_port, load, serving, shot
from tests.bench.search import rows
from tests.support.pages import Pages

CLIENTS = (1, 16)
HELLOS = 3
FEWER = 4
"""Pages that are made anew are asked for so many times less often: they take longer."""
AIMS = {"visitor": 0.5, "with a basket": 0.10, "made anew": 0.10}
MOST_GROWTH = 1.2
PATHS: Mapping[str, str] = {
    "home": "/",
    "category": "/c/shelf-1",
    "listing": "/goods/L000007",
    "search": "/search?q=%E8%85%8A%E8%82%89",
    "household": "/households/vendor-1",
}
SERVE = "from shop.cli.serving import serve_until_told; from shop.settings import Settings"


@dataclass(frozen=True)
class Figure:
    """What one page did for one reader, so many at once."""

    timed: Timed
    cpu_ms: float


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def cookies(settings: Settings) -> dict[str, str]:
    """Return what each reader's browser holds."""
    app = create_app(settings)
    sealing = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    held = {"basket": "b" * 32, "basket_count": 2, "csrf_token": "c" * 40, "_permanent": True, "_fresh": False}
    engine_of(app).dispose()
    return {
        "visitor": "",
        "with a basket": f"session={sealing.dumps(held)}",
        "made anew": f"session={sealing.dumps({**held, 'bench': 1})}",
    }


def statements(settings: Settings, cookie: str) -> dict[str, int]:
    """Return how many SQL statements each page needs when it is made."""
    app = create_app(settings)
    pages = Pages(app)
    pages.client.set_cookie("session", cookie.removeprefix("session="))
    pages.client.get("/").close()
    found = {name: pages.statements(path) for name, path in PATHS.items()}
    engine_of(app).dispose()
    return found


@contextmanager
def spent() -> Iterator[list[float]]:
    """Give the seconds of processor time that this process's servers, and theirs, took in the block."""
    taken: list[float] = []

    before = sum(map(_ticks, _below(os.getpid())))
    yield taken
    taken.append((sum(map(_ticks, _below(os.getpid()))) - before) / os.sysconf("SC_CLK_TCK"))


def _below(pid: int) -> Iterator[int]:
    """Yield the processes that a process started, and theirs."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (thread / "children").read_text("ascii").split()):
            yield child
            yield from _below(child)


def _ticks(pid: int) -> int:
    """Return how long a process worked so far, for itself and for the system."""
    after_name = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return int(after_name[11]) + int(after_name[12])


def asked(words: str, path: str, cookie: str, clients: int, count: int, port: int, folder: Path) -> Figure:
    """Let so many clients ask for a page, and print what came of it."""
    one = request("GET", path, cookie=cookie, encoding="br")
    shot("", port, clients, [one] * 4 * clients, folder, 200)
    with spent() as taken:
        timed = shot(words, port, clients, [one] * count, folder, 200)
    return Figure(timed, taken[0] * 1000 / count)


def line(figure: Figure, hello: Figure | None, count: int | None) -> None:
    """Print a figure."""
    ratio = "" if hello is None else f"{figure.timed.rate / hello.timed.rate:9.3f}"
    told = "" if count is None else f"{count:12}"
    timed = figure.timed
    say(f"  {timed.words:<36}{timed.rate:9.0f}{timed.p50:9.2f}{timed.p99:9.2f}{figure.cpu_ms:9.2f}{ratio}{told}")
    if timed.errors:
        say(f"    {timed.errors} errors: {timed.why}")


def measure(size: int, folder: Path, count: int) -> tuple[list[str], dict[str, float]]:
    """Print every figure of a size; return the aims that were missed, and how long each page took when made anew."""
    settings = Settings.from_env(
        {"SHOP_DATABASE_URL": f"sqlite:///{folder / 'bench.db'}", "SHOP_DATA_DIR": str(folder)}
    )
    with goods.opened(folder) as engine:
        goods.load(engine, list(rows(size)))
        Follower(engine, settings.search_dir).step()
    held, port = cookies(settings), free_port()
    needed = statements(settings, held["made anew"])
    missed: list[str] = []
    say(f"\n{size} listings, {load()}")
    say(f"  {'':<36}{'a second':>9}{'p50 ms':>9}{'p99 ms':>9}{'cpu ms':>9}{'of hello':>9}{'statements':>12}")
    hellos = {}
    with serving(settings, [sys.executable, "-m", "tests.bench.hello"], port, folder):
        for clients in CLIENTS:
            hellos[clients] = asked(f"hello, {clients} at once", "/", "", clients, count * HELLOS, port, folder)
            line(hellos[clients], None, None)
    anew: dict[str, float] = {}
    command = [sys.executable, "-c", f"{SERVE}; serve_until_told(Settings.from_env())"]
    with serving(settings, command, port, folder):
        for who, cookie in held.items():
            for name, path in PATHS.items():
                for clients in CLIENTS:
                    many = max(clients, count // FEWER) if who == "made anew" else count
                    figure = asked(f"{name}, {who}, {clients} at once", path, cookie, clients, many, port, folder)
                    line(figure, hellos[clients], needed[name] if who == "made anew" else None)
                    if figure.timed.rate < AIMS[who] * hellos[clients].timed.rate or figure.timed.errors:
                        missed.append(f"{size}: {name}, {who}, {clients} at once >= {AIMS[who]} of hello")
                    if who == "made anew" and clients == 1:
                        anew[name] = figure.timed.p50
    return missed, anew


def main() -> int:
    """Measure every size; return 1 when an aim was missed."""
    sizes = [int(size.replace("k", "000")) for size in os.environ.get("SIZE", "1k,100k").split(",")]
    count = int(os.environ.get("COUNT", "600"))
    missed: list[str] = []
    grown: list[dict[str, float]] = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            late, anew = measure(size, Path(name), count)
        missed += late
        grown.append(anew)
    for name in PATHS if len(sizes) > 1 else ():
        ratio = grown[-1][name] / grown[0][name]
        say(f"  {name}, made anew: {sizes[-1]} listings take {ratio:.2f} times as long as {sizes[0]}")
        if ratio > MOST_GROWTH:
            missed.append(f"{name}: {ratio:.2f} times as long, at most {MOST_GROWTH}")
    say("a machine that others use gives lower figures")
    say("\n".join(f"aim missed: {aim}" for aim in missed) or "every aim is met")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
