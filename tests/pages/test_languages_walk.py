"""Every page of buyers in English and in 繁體: nothing of the house's own is left in 简体."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from sqlalchemy import JSON, Enum, String, select

from shop.accounts.addresses import gazetteer
from shop.accounts.models import Role
from shop.app.catalogs import sentences
from shop.kernel.db import Model
from shop.kernel.languages import Language
from shop.orders.models import Order
from shop.orders.views.browser import KNOWN
from shop.web.han import in_hant
from tests.support.laws import complaints
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world.days import Day, quiet
from tests.world.market import PASSWORD, Market, someone
from tests.world.readers import readers_doors, tell_everything

HAN = re.compile(r"[\u3400-\u9fff][\u3400-\u9fff\u3000-\u303f\uff00-\uffef·]*")
MARK = re.compile(r"[A-Za-z0-9)] ?[，。；：、（][A-Za-z0-9 ]")
"""A Chinese mark among English words: two sentences put together by hand."""
SPOKEN = ("alt", "aria-label", "title", "placeholder", "content", "data-label", "data-unsent")
OWN_NAMES = {"简体", "繁體", "中文", "没有的东西啊"}
"""Of the languages, in their own tongues; and what the walk searches for in vain."""


def _texts(element: Element) -> Iterator[str]:
    if element.tag in ("script", "style", "textarea"):
        return
    yield element.text or ""
    for name, value in element.items():
        if name in SPOKEN or (name.startswith("data-") and HAN.search(value)):
            yield value
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


class Typed:
    """What people typed, and so stays as it is; and what the house says, which may not."""

    def __init__(self, day: Day) -> None:
        with day.at.world.edge.reading() as session:
            columns = [
                column
                for table in Model.metadata.sorted_tables
                for column in table.columns
                if isinstance(column.type, String | JSON) and not isinstance(column.type, Enum)
            ]
            self._whole = {str(text) for column in columns for text in session.scalars(select(column))}
            places = session.execute(select(Order.province, Order.city, Order.district)).all()
            self._whole |= {
                f"{gazetteer.provinces()[province]}{city}{district}" for province, city, district in places if city
            }
        self._all = "\n".join([*self._whole, (gazetteer.DATA / "divisions.json").read_text("utf-8"), *OWN_NAMES])
        self._said = {sentence.text for sentence in sentences()}

    def is_theirs(self, run: str) -> bool:
        return run in self._whole or (run in self._all and run not in self._said)

    def left_in(self, page: Page) -> list[str]:
        """Return what of the house's own is left in Chinese on an English page."""
        texts = list(_texts(page.document))
        marks = {mark for text in texts for mark in MARK.findall(text)}
        runs = {run for text in texts for run in HAN.findall(text)}
        return sorted(marks | {run for run in runs if not self.is_theirs(run.rstrip("。，；、：！？）」”"))})


def _simplified(page: Page) -> list[str]:
    """Return what is left in simplified letters."""
    return [text for text in _texts(page.document) if in_hant(text) != text]


@pytest.fixture
def day(at: Market) -> Day:
    """A day at the centre, of which buyers see every side."""
    made = quiet(at)
    tell_everything(made)
    made.busy(12)
    return made


def _open_every_order(day: Day, pages: Pages) -> None:
    """Let the browser be one that placed every order."""
    codes = day.at.world.read(lambda session: session.scalars(select(Order.code)).all())
    with pages.client.session_transaction() as kept:
        kept[KNOWN] = list(codes)


def test_nothing_of_the_houses_own_is_left_in_chinese_or_in_simplified(app: Flask, pages: Pages, day: Day) -> None:
    pages.sign_in(someone(day.at.world, Role.BUYER).phone, PASSWORD)
    _open_every_order(day, pages)
    typed = Typed(day)
    found: dict[str, str] = {}
    doors = readers_doors(app, day)
    for language, left in ((Language.EN, typed.left_in), (Language.HANT, _simplified)):
        pages.client.set_cookie("lang", language.value)
        for endpoint, path in doors:
            answer = pages.client.get(path)
            page = Page(path, answer.status_code, answer.headers, answer.text)
            wrong = [*left(page), *(complaints(page) if page.is_html and page.status == 200 else ())]
            found.update((what, f"{language} {endpoint} {path}") for what in wrong)
    assert not found, "\n".join(f"{what}: {where}" for what, where in found.items())
