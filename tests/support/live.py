"""The application behind a real socket, for a real browser; same process, same clock, same database as the test."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from random import SystemRandom

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """Serve the application on a port of 127.0.0.1, a free one unless told, and give its address without a slash."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def free_port() -> int:
    """Return a port of this machine that nobody uses.

    It is none of those that the system hands to whoever asks for any: between this and its use, no browser gets it.
    """
    for port in SystemRandom().sample(range(20_000, 32_000), 50):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise AssertionError("every port is taken")
