"""The browser itself: our pages open in it, and what the security policy forbids is noticed."""

from playwright.sync_api import Page

from tests.support.browser import DESK, Windows, violations


def test_a_page_opens_on_a_phone_and_on_a_desk(windows: Windows) -> None:
    for window in (windows.open(), windows.open(DESK), windows.open(scripts=False)):
        answer = window.goto("/healthz")
        assert answer is not None
        assert answer.ok


def test_what_a_page_may_not_do_is_noticed(windows: Windows, phone: Page) -> None:
    phone.goto("/healthz")
    with phone.expect_event("pageerror"):
        phone.evaluate("setTimeout(() => { throw new Error('broken') })")
    assert "script error: broken" in windows.troubles
    windows.troubles.clear()


def test_what_cannot_be_heard_is_found(phone: Page) -> None:
    phone.goto("/healthz")
    assert "image-alt" not in {found.split(":")[0] for found in violations(phone)}
    phone.evaluate("document.body.append(new Image())")
    assert "image-alt: <img>" in violations(phone)
