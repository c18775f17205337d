"""Two of the three processes of a running shop: web and worker."""

import os
from threading import Thread

import click
from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from shop.app import create_app
from shop.cli.family import die_with_parent
from shop.cli.logs import configure, granian_logs
from shop.cli.opening import free_port, hold_folder, open_town, prepare_folder
from shop.settings import Settings
from shop.web.han import warm
from shop.worker import work

STALL_S = 4
"""How long a web worker may take to finish after SIGTERM; an upload that stands still would hold it for ever."""
WAITING = 256
"""Requests that may wait for a thread in one process before new ones are left in the system's own line."""


def build_app() -> Flask:
    """Build the application in a web worker, which ends when its master does."""
    die_with_parent(os.getppid())
    configure("web")
    app = create_app(Settings.from_env())
    Thread(target=warm, daemon=True).start()
    return app


def serve_until_told(settings: Settings) -> None:
    """Serve the pages until SIGTERM or SIGINT."""
    configure("web")
    free_port(settings)
    Granian(
        "shop.cli.serving",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_processes,
        blocking_threads=settings.web_threads,
        backpressure=WAITING,
        workers_kill_timeout=STALL_S,
        respawn_failed_workers=True,
        log_access=False,
        log_dictconfig=granian_logs("web"),
    ).serve(target_loader=build_app, wrap_loader=False)


def work_until_told(settings: Settings) -> None:
    """Deliver messages and run the periodic jobs until SIGTERM or SIGINT."""
    configure("worker")
    work(open_town(settings))


@click.command()
def serve() -> None:
    """Serve the pages (the web process alone)."""
    settings = Settings.from_env()
    prepare_folder(settings)
    with hold_folder(settings):
        open_town(settings).edge.engine.dispose()
        serve_until_told(settings)


@click.command()
def worker() -> None:
    """Deliver messages and run the periodic jobs."""
    settings = Settings.from_env()
    prepare_folder(settings)
    with hold_folder(settings):
        work_until_told(settings)
