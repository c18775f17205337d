"""The demo town's codes: told by the page on which they are typed, and by no real town's."""

from collections.abc import Callable
from dataclasses import replace

from flask import Flask

from shop.web.house import EXTENSION
from tests.pages.test_entrance import code_for
from tests.support.pages import Pages
from tests.world import World, market


def test_only_the_demo_town_tells_the_code_and_only_where_it_was_asked_for(
    app: Flask, world: World, visitor: Callable[[], Pages]
) -> None:
    market.town(world)
    browser = visitor()
    assert "演示小镇不真发短信" not in browser.get("/sign-in/code/enter").main
    code = code_for(world, browser, "13912345678")
    assert f"验证码是 {code}" in browser.get("/sign-in/code/enter").main
    assert code not in visitor().get("/sign-in/code/enter").main
    wired = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(wired, settings=replace(wired.settings, env="production"))
    page = browser.client.get("/sign-in/code/enter").text
    assert "填验证码" in page
    assert code not in page
