"""How a stand-in for somebody else's service is run: on a port of its own on this machine, while a test needs it."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, bytes, Mapping[str, str]]
"""Status, body and headers; the body's length is told by itself."""

Answering = Callable[[str, str, Mapping[str, str], str], Answer | None]
"""Takes method, path with query, headers and body of a request; None breaks the connection off unanswered.

It is called in a thread for every connection.
"""


@contextmanager
def answering(answer: Answering) -> Iterator[str]:
    """Let a service answer on a free port of 127.0.0.1 and give its address, without a slash at the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            said = answer(self.command, self.path, dict(self.headers), body)
            if said is None:
                self.close_connection = True
                return
            status, text, headers = said
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
