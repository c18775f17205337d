"""A browser without a window: it keeps cookies, sends forms as a person would, and checks every page it is given."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from shop.kernel.db import db
from tests.support.laws import complaints
from tests.support.page import Form, Page

MAX_STATEMENTS = 40
"""SQL statements a page may need, whatever it shows; a page that needs more asks per row."""

WRITES = ("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE")
FRAMING = ("COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "SHOW")


class _Errors(logging.Handler):
    """Keeps what the error page hides."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        facts = " ".join(f"{name}={getattr(record, name)}" for name in ("error", "at") if hasattr(record, name))
        self.seen.append(f"{record.getMessage()} {facts}")


class Pages:
    """One person's browser.

    Attributes:
        page: the page in front of the person.
        max_statements: SQL statements a page may need; set it higher for a page that has a reason.
        checking: set to False for an answer that is meant to be broken.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.client.environ_base["HTTP_ORIGIN"] = "http://localhost"  # as every browser says when it sends a form
        self.page: Page | None = None
        self.max_statements = MAX_STATEMENTS
        self.checking = True
        with app.app_context():
            self._engine = db.engine

    def get(
        self,
        path: str,
        status: int = 200,
        *,
        max_statements: int | None = None,
        follow: bool = False,
        may_write: bool = False,
    ) -> Page:
        """Open an address; fails when that changes anything in the database.

        Args:
            path: with its query, if any.
            status: what is expected; 200 unless told.
            max_statements: for this page only.
            follow: go where redirects lead, and expect `status` there.
            may_write: for the rare address that may note something, such as a return from a payment provider.
        """
        page = self._open("GET", path, max_statements=max_statements, may_write=may_write)
        return self._arrive(page, status, follow=follow)

    def statements(self, path: str, status: int = 200) -> int:
        """Return how many SQL statements an address needs; the page in front stays in front."""
        with self._listening() as (statements, errors):
            answer = self.client.get(path)
        answer.close()
        assert answer.status_code == status, f"{path}: {answer.status_code}, not {status}\n{errors.seen}"
        return len(statements)

    def post(self, path: str, data: Mapping[str, Any] | None = None, status: int = 200, *, follow: bool = True) -> Page:
        """Send values to an address, with the form token of the page in front (or of the first page).

        Args:
            path: where to.
            data: field -> value, list of values, or (file, name).
            status: what is expected at the end: 200 after a redirect, 422 for a form that came back, ...
            follow: go where the redirect leads; with `follow=False` expect `status=303` instead.
        """
        if self.page is None or not self.page.token():
            self.get("/")
        assert self.page is not None
        token = self.page.token()
        sent = {"csrf_token": token or "", **(data or {})}
        return self._arrive(self._open("POST", path, data=sent), status, follow=follow)

    def submit_form(
        self, which: str = "", status: int = 200, *, press: str = "", follow: bool = True, **fields: Any
    ) -> Page:
        """Fill in a form of the page in front and press its button.

        Args:
            which: words of its button, its action or its id; without, the one POST form in `main`.
            status: what is expected at the end, after redirects.
            press: words of the button, when the form has several that differ.
            follow: go where the redirect leads.
            fields: name -> value; True and False for a box, a list for several values, (file, name) for a file.
        """
        assert self.page is not None, "open a page first"
        form = self.page.form(which)
        data = _filled(form, fields)
        data.update(_pressed(form, press or which))
        if form.method == "get":
            action = form.action.split("?")[0]
            return self.get(f"{action}?{urlencode(data, doseq=True)}", status, follow=follow)
        return self._arrive(self._open("POST", self._absolute(form.action), data=data), status, follow=follow)

    def click(self, words: str, status: int = 200) -> Page:
        """Follow a link of the page in front by its words: the whole of them, or a part only one link has."""
        assert self.page is not None, "open a page first"
        links = self.page.links()
        found = [links[words]] if words in links else [href for text, href in links.items() if words in text]
        assert len(set(found)) == 1, f"{self.page.url}: {len(found)} links say {words!r}; links: {list(links)}"
        return self.get(self._absolute(found[0]), status, follow=True)

    def sign_in(self, phone: str, password: str) -> Page:
        """Sign in through the page, as a person does."""
        self.get("/sign-in")
        page = self.submit_form("/sign-in", phone=phone, password=password)
        assert urlsplit(page.url).path != "/sign-in", f"still on the sign-in page: {page.main}"
        return page

    def _absolute(self, address: str) -> str:
        here = self.page.url if self.page else "/"
        parts = urlsplit(urljoin(f"http://localhost{here}", address))
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def _arrive(self, page: Page, status: int, *, follow: bool) -> Page:
        hops = 0
        while follow and page.status in (301, 302, 303, 307, 308):
            hops += 1
            assert hops < 6, f"redirected in circles: {page.url}"
            page = self._open("GET", self._absolute(page.headers["Location"]))
        if page.status != status:
            raise AssertionError(f"{page.url}: {page.status}, not {status}\n{self._hidden}\n{page.words[:600]}")
        return page

    def _open(
        self, method: str, path: str, *, max_statements: int | None = None, data: Any = None, may_write: bool = False
    ) -> Page:
        with self._listening() as (statements, errors):
            response: TestResponse = self.client.open(path, method=method, data=data)
        self._hidden = "\n".join(errors.seen)
        kind = response.headers.get("Content-Type", "")
        text = response.get_data(as_text=True) if kind.startswith(("text/", "application/json", "image/svg")) else ""
        page = Page(path, response.status_code, response.headers, text, statements)
        response.close()
        writes = [sql for sql in statements if sql.startswith(WRITES)]
        assert method != "GET" or may_write or not writes, f"GET {path} writes: {writes[0][:200]}"
        if page.is_html and page.status not in (301, 302, 303, 307, 308):
            self.page = page
            if self.checking:
                self._check(page, max_statements or self.max_statements)
        return page

    def _check(self, page: Page, max_statements: int) -> None:
        wrong = complaints(page)
        if page.token() == "" and self.client.get_cookie("session") is not None:
            wrong.append("a browser with a session got a form without a token")
        if len(page.statements) > max_statements:
            often = "\n    ".join(f"{n} × {sql[:200]}" for sql, n in Counter(page.statements).most_common(5))
            wrong.append(f"{len(page.statements)} SQL statements, at most {max_statements} allowed:\n    {often}")
        if wrong:
            listed = "\n  ".join(dict.fromkeys(wrong))
            raise AssertionError(f"{page.url} ({page.status}):\n  {listed}\n{self._hidden}")

    @contextmanager
    def _listening(self) -> Iterator[tuple[list[str], _Errors]]:
        statements: list[str] = []
        errors = _Errors()

        def on_statement(*facts: Any) -> None:
            if not facts[2].startswith(FRAMING) and facts[2] != "BEGIN":
                statements.append(" ".join(facts[2].split()))

        log = logging.getLogger("shop")
        log.addHandler(errors)
        event.listen(self._engine, "before_cursor_execute", on_statement)
        try:
            yield statements, errors
        finally:
            event.remove(self._engine, "before_cursor_execute", on_statement)
            log.removeHandler(errors)


def _filled(form: Form, fields: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {name: list(values) for name, values in form.values.items()}
    for name, value in fields.items():
        assert name in data or name in form.files, f"the form {form} has no field {name}; it has {sorted(data)}"
        allowed = form.choices.get(name)
        if name in form.files:
            data[name] = value
        elif isinstance(value, bool):
            assert allowed, f"{name} is not a box"
            data[name] = sorted(allowed) if value else []
        else:
            values = [str(item) for item in (value if isinstance(value, list | tuple) else [value])]
            assert allowed is None or set(values) <= allowed, f"{name} offers {sorted(allowed)}, not {values}"
            data[name] = values
    return data


def _pressed(form: Form, words: str) -> dict[str, str]:
    named = [button for button in form.buttons if words and words in button.label] or list(form.buttons)
    assert named, f"the form {form} has no button"
    return {named[0].name: named[0].value} if named[0].name else {}
