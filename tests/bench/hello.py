"""The least a Flask application can do, served as `shop serve` serves: what an order's last click stands beside."""

import os

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from shop.cli.serving import STALL_S, WAITING
from shop.settings import Settings

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """Say hello."""
    return "hello"


def main() -> None:
    """Serve on the address of the settings, with their processes and threads, until SIGTERM."""
    settings = Settings.from_env(os.environ)
    Granian(
        "tests.bench.hello:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_processes,
        blocking_threads=settings.web_threads,
        backpressure=WAITING,
        workers_kill_timeout=STALL_S,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    main()
