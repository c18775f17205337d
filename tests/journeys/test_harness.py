"""The browser itself: our pages open in it, and what the security policy forbids is noticed."""

import pytest
from playwright.sync_api import Page

from tests.journeys.keys import reach, sound
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


SOUND = "<main><h1>一页</h1><p>几个字</p><button>按这里</button></main>"
UNSOUND = {
    "<p style='width:900px'>很宽</p>": "sideways",
    "<p style='width:3em;overflow:hidden;white-space:nowrap'>后面的字看不见</p>": "cut off",
    "<button style='width:4em;white-space:nowrap'>字比按钮宽的按钮</button>": "stick out",
    "<button tabindex='-1'>只有手指按得到</button>": "no key reaches",
    "<input id='a' type='checkbox' style='display:none'><label for='a'>勾上</label>": "no key reaches what is behind",
    "<button tabindex='2'>插队的</button>": "out of its order",
    "<div style='position:fixed;bottom:0;left:0;right:0;height:50vh'>半个屏</div>": "stay while one scrolls",
}
UNSEEN_RINGS = {
    "<style>:focus { outline: none }</style>": "no ring",
    "<style>:focus { outline: 3px solid } main { position: absolute; top: 0 }"
    " div { position: fixed; top: 0; left: 0; width: 100%; height: 150px }</style><div></div>": "covered",
}


def test_the_walk_by_keys_sees_what_is_wrong_with_a_page(phone: Page) -> None:
    phone.set_content(f"<style>:focus {{ outline: 3px solid }}</style>{SOUND}")
    reach(phone, phone.get_by_role("button"))
    for fault, law in UNSOUND.items():
        phone.set_content(f"{SOUND}{fault}")
        with pytest.raises(AssertionError, match=law):
            sound(phone)
    for fault, law in UNSEEN_RINGS.items():
        phone.set_content(f"{SOUND}{fault}")
        with pytest.raises(AssertionError, match=law):
            reach(phone, phone.get_by_role("button"))
