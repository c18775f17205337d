"""How quick searching is, at any size, beside SQLite's own full-text search in the same run. `make bench-search`.

SIZE=1k,10k (the default) or any others, such as SIZE=100k. Times are of the whole search: understanding the question,
matching, filters, counts, order, and asking the database which of the page's listings are on the shelf.
"""

import logging
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from shop.catalog.models import Listing
from shop.catalog.sequence import touch
from shop.search.follower import Follower, run
from shop.search.queries import search, suggestions
from shop.search.question import Question
from shop.search.reader import Reader
from tests.bench import goods, relevance
from tests.bench.full_text import FullText

MONTH = 11
TURNS = 200
EDITS = 12
SEED = 20261122


def _words(*lines: str) -> list[str]:
    """Return the words of some lines."""
    return [word for line in lines for word in line.split()]


THINGS = _words(
    "老腊肉 麻辣香肠 土鸡蛋 咸鸭蛋 干笋片 春笋 香菇 木耳 羊肚菌 竹荪 土蜂蜜 猕猴桃",
    "脆李 核桃 板栗 绿茶 红茶 花茶 棕鞋 竹篮 豆瓣酱 豆腐乳 泡菜 花椒 辣椒面 红薯粉",
    "挂面 糯米 黑米 菜籽油 核桃油 天麻 黄精 折耳根 蕨菜 魔芋 苦荞 米酒 白酒 绣花鞋垫",
)
MANNERS = _words(
    "农家 高山 散养 柴火 手工 烟熏 有机 老坛 野生 新鲜 林下 传统 石磨 柏枝 明前",
    "正宗",
)
FORMS = ["礼盒", "真空装", "散装", "500克", "2斤", "250g", "30枚", "大份", "小袋", "头茬", "精选", "带壳"]
NAMES = _words(
    "周素珍 罗成富 张家 李德明 王婆婆 刘桂芳 陈老三 杨幺妹 高山合作社 九峰家庭农场",
)
VILLAGES = ["大湾村", "宝山村", "九峰村", "中坝村", "杨坪村", "三沟村", "白水河社区", "银厂沟村"]

ONE = [*THINGS[:30], *["larou", "bacon", "土雞蛋", "tjd", "蜂蜜", "茶", "菌", "笋", "酒", "辣肉"]]
TWO = [
    *("农家 腊肉", "高山 绿茶", "大湾 土鸡蛋", "野生 菌", "柴火香肠", "手工 竹篮"),
    *("有机 核桃", "宝山 蜂蜜", "腊肉 香肠", "honey 礼盒"),
]
PREFIXES = _words(
    "la lar tuj xiang hon 春 竹 核 土鸡d 豆腐r zhu mu",
)
TYPED = ["l", "la", "lar", "t", "tj", "腊", "土", "土鸡", "h", "ho", "hon", "x", "竹", "d", "da"]


def rows(size: int) -> Iterator[goods.Row]:
    """Yield listings as a town writes them, the same ones each time."""
    lot = random.Random(SEED)
    vendors = [
        f"{lot.choice(VILLAGES)}·{name}{number}家" for number in range(max(10, size // 100)) for name in NAMES[:1]
    ]
    for number in range(size):
        thing, manner, form = lot.choice(THINGS), lot.choice(MANNERS), lot.choice(FORMS)
        other = lot.choice(THINGS)
        yield {
            "ref": f"B{number}",
            "title": f"{manner}{thing} {form}",
            "vendor": lot.choice(vendors),
            "village": lot.choice(VILLAGES),
            "category": f"{thing[-1]}类",
            "description": f"{lot.choice(NAMES)}自家{manner}的{thing}，配{other}吃，{lot.choice(MANNERS)}，现做现发。",
            "price_fen": lot.randrange(500, 30000),
            "unit": "份",
            "season_months": sorted(lot.sample(range(1, 13), lot.randrange(3, 13))),
            "tags": [thing, manner],
            "stock": lot.choice((0, 5, 20)),
        }


class Timed:
    """Times of one kind of question."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.cpu: list[float] = []
        self.wall: list[float] = []

    def take(self, act: Callable[[], object]) -> None:
        """Time one act."""
        wall, cpu = time.perf_counter(), time.process_time()
        act()
        self.cpu.append((time.process_time() - cpu) * 1000)
        self.wall.append((time.perf_counter() - wall) * 1000)

    def __str__(self) -> str:
        cpu, wall = sorted(self.cpu), sorted(self.wall)
        figures = [part[int(len(part) * share)] for part in (cpu, wall) for share in (0.5, 0.99)]
        return f"  {self.words:<44}" + "".join(f"{figure:9.2f}" for figure in figures)


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def measure(size: int, folder: Path, engine: Engine) -> None:
    """Build an index of a size and print every figure."""
    catalogue = list(rows(size))
    goods.load(engine, catalogue)
    started = time.perf_counter()
    follower = Follower(engine, folder / "search")
    follower.step()
    built = time.perf_counter() - started
    size_mb = sum(path.stat().st_size for path in (folder / "search").rglob("*") if path.is_file()) / 1e6
    say(f"\n{size} listings: index built in {built:.1f} s ({size / built:.0f} a second), {size_mb:.1f} MB")
    reader = Reader(folder / "search")
    started = time.perf_counter()
    _search(engine, reader, "腊肉")
    say(f"  first search of a process: {(time.perf_counter() - started) * 1000:.0f} ms")
    full_text = FullText(folder / "full_text.db", catalogue)
    say(f"  {'ms':<44}{'cpu p50':>9}{'cpu p99':>9}{'wall p50':>9}{'wall p99':>9}")
    for timed in _questions(engine, reader, full_text):
        say(str(timed))
    _edits(engine, folder, reader)
    say(f"  memory of a web process: {_memory(folder):.0f} MB")


def _search(engine: Engine, reader: Reader, text: str, **wanted: Any) -> int:
    with Session(engine) as session, session.begin():
        return search(session, reader, Question(text, MONTH, **wanted)).total


def _questions(engine: Engine, reader: Reader, full_text: FullText) -> list[Timed]:
    """Time every kind of question, in turn with the same one to the full-text tables."""
    filters: dict[str, Any] = {"in_stock": True, "in_season": True, "price_max_fen": 15000, "village": "village-1"}
    kinds: list[tuple[str, Sequence[str], Callable[[str], object]]] = [
        ("one word", ONE, lambda text: _search(engine, reader, text)),
        ("one word, FTS5 of cut words", ONE, full_text.words),
        ("one word, FTS5 trigram", ONE, full_text.trigrams),
        ("two words", TWO, lambda text: _search(engine, reader, text)),
        ("two words, FTS5 of cut words", TWO, full_text.words),
        ("two words, FTS5 trigram", TWO, full_text.trigrams),
        ("one word, four filters", ONE, lambda text: _search(engine, reader, text, **filters)),
        ("one word, two filters, FTS5 and two counts", ONE, full_text.filtered),
        ("everything, by price", [""], lambda text: _search(engine, reader, text, sort="price_up")),
        ("prefix", PREFIXES, lambda text: _search(engine, reader, text)),
        ("prefix, FTS5 of cut words", PREFIXES, full_text.beginning),
        ("completion", TYPED, lambda text: suggestions(reader, text)),
    ]
    timed = [Timed(words) for words, _, _ in kinds]
    for turn in range(TURNS):
        for each, (_, texts, ask) in zip(timed, kinds, strict=True):
            text = texts[turn % len(texts)]
            each.take(lambda ask=ask, text=text: ask(text))  # type: ignore[misc]
    return timed


def _edits(engine: Engine, folder: Path, reader: Reader) -> None:
    """Time from the commit of a change until a search finds it, with the follower at its usual pace."""
    stop = threading.Event()
    follower = threading.Thread(target=run, args=(engine, folder / "search"), kwargs={"stop": stop})
    follower.start()
    timed = Timed("a change is found after (wall)")
    try:
        for number in range(EDITS):
            time.sleep(0.3)
            word = f"qz{'abcdefghijkl'[number]}zq"
            with Session(engine.execution_options(write=True)) as session, session.begin():
                session.execute(update(Listing).where(Listing.id == number + 1).values(title=word))
                touch(session, number + 1)
            timed.take(lambda word=word: _until(lambda: _search(engine, reader, word) == 1))  # type: ignore[misc]
    finally:
        stop.set()
        follower.join()
    say(str(timed))


def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        time.sleep(0.02)


CHILD = """
import sys
import shop.cli
from shop.app import create_app
from shop.settings import Settings
app = create_app(Settings.from_env())
client = app.test_client()
for text in sys.argv[1:]:
    assert client.get("/api/v1/search", query_string={"q": text}).status_code == 200
    client.get("/search", query_string={"q": text})
    client.get("/api/v1/suggest", query_string={"q": text})
with open("/proc/self/status") as lines:
    print(next(line.split()[1] for line in lines if line.startswith("VmRSS")))
"""


def _memory(folder: Path) -> float:
    """Return the resident memory of a process that serves pages and has searched, in MB."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SHOP_")},
        "SHOP_DATA_DIR": str(folder),
        "SHOP_DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(
        [sys.executable, "-c", CHILD, *ONE, *TWO, *PREFIXES],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1]) / 1024


def main() -> None:
    """Print the figures of each size, then how right the answers are."""
    logging.disable()
    sizes = [int(size.replace("k", "000")) for size in os.environ.get("SIZE", "1k,10k").split(",")]
    for size in sizes:
        with tempfile.TemporaryDirectory() as name, goods.opened(Path(name)) as engine:
            measure(size, Path(name), engine)
    relevance.main()


if __name__ == "__main__":
    main()
