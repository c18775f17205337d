"""A page of another host sends a form to the shop by itself: the browser tells, and nothing happens."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.support.browser import Windows
from tests.world import World
from tests.world.market import PASSWORD, Market, market


@pytest.fixture
def at(world: World) -> Market:
    return market(world)


@pytest.fixture
def elsewhere(at: Market, address: str) -> Iterator[str]:
    """Another host with a page that signs whoever looks at it in, as somebody else."""
    fields = {"phone": at.vendor_person().phone, "password": PASSWORD, "device": "own", "csrf_token": ""}
    inputs = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in fields.items())
    page = (
        f'<!doctype html><form method="post" action="{address}/sign-in">{inputs}</form>'
        "<script>document.forms[0].submit()</script>"
    ).encode()

    class Trap(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_facts: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Trap)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("memory", [False, True], ids=["without memory", "with memory"])
def test_nobody_is_signed_in_from_elsewhere(windows: Windows, elsewhere: str, *, memory: bool) -> None:
    page = windows.open(memory=memory)
    page.goto("/sign-in")
    if memory:
        page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
        page.goto("/")
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.goto(elsewhere)
    page.wait_for_url("**/sign-in")
    expect(page.get_by_role("heading", level=1)).to_have_text("没看懂您发来的")
    assert not [one for one in page.context.cookies() if one["name"] in ("session", "remember_token")]
    windows.troubles[:] = [trouble for trouble in windows.troubles if "another host" not in trouble]
