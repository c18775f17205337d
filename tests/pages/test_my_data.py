"""One's own data by its pages: seen, taken along, put right, and the account closed."""

import csv
import json
from dataclasses import replace
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from shop.accounts.models import NewsChoice, Role, User
from shop.accounts.queries import Person
from shop.accounts.views.data_words import COLUMN_WORDS, SUBJECT_WORDS, VALUE_WORDS
from shop.flows.rights.gathering import of_person
from shop.flows.rights.household import of_household
from shop.kernel.audit import AuditEntry
from shop.notifications.models import Delivery
from shop.vendors.queries import vendor_of_member
from tests.support.pages import Pages
from tests.world import World
from tests.world.market import PASSWORD, TO, Market, listing, market, someone, variant_id
from tests.world.members import a_buyer, delivered_to, order_of

TAKE, CLOSE = "/me/data/file", "/me/close"


@pytest.fixture
def at(world: World) -> Market:
    return market(world)


@pytest.fixture
def person(at: Market) -> Person:
    return a_buyer(at)


@pytest.fixture
def mine(pages: Pages, person: Person) -> Pages:
    pages.sign_in(person.phone, PASSWORD)
    return pages


def last_code(world: World, phone: str) -> str:
    world.deliver()
    told = select(Delivery.text).where(Delivery.phone == phone).order_by(Delivery.id.desc())
    text = world.read(lambda session: session.scalars(told).first()) or ""
    return next(word for word in "".join(ch if ch.isdigit() else " " for ch in text).split() if len(word) == 6)


def is_open(world: World, person: Person) -> bool:
    wanted = select(User.is_active).where(User.id == person.id)
    return bool(world.read(lambda session: session.scalar(wanted)))


def box_of(mine: Pages, **fields: str) -> ZipFile:
    page = mine.get(TAKE)
    answer = mine.client.post(TAKE, data={"csrf_token": page.token(), **fields})
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return ZipFile(BytesIO(answer.get_data()))


def test_what_is_kept_is_told_in_words_and_taken_along(at: Market, mine: Pages, person: Person) -> None:
    to = replace(TO, phone=person.phone, note="=1+1 放门卫")
    made = delivered_to(at, person, {variant_id(at, listing(at)): 1}, to=to)
    at.world.deliver()
    page = mine.get("/me/data", max_statements=40)
    for words in ("订单", "包裹和信", "短信和邮件", "办完、过了售后再 90 天就删", "您没点头，我们不发"):
        assert words in page.text
    box = box_of(mine, password=PASSWORD)
    names = box.namelist()
    told = json.loads(box.read("data.json"))
    assert [(one["code"], one["total_fen"], one["phone"]) for one in told["orders"]] == [
        (made.code, made.total_fen, person.phone)
    ]
    assert told["account"][0]["phone"] == person.phone
    assert "password_hash" not in json.dumps(told)
    readable = box.read("我的资料.html").decode()
    assert made.code in readable
    assert TO.street in readable
    sheet = box.read(next(name for name in names if name.endswith("-订单.csv")))
    assert sheet.startswith("\ufeff".encode())
    head, row = csv.reader(StringIO(sheet.decode("utf-8-sig")))
    assert dict(zip(head, row, strict=True))["留言"] == "'=1+1 放门卫", "a spreadsheet reckons nothing"


def test_nothing_is_given_out_without_the_password_or_a_code(at: Market, mine: Pages, person: Person) -> None:
    mine.get(TAKE)
    for typed, words in (("", "请填密码"), ("wrong-password", "密码不对")):
        page = mine.submit_form("prove", status=422, password=typed)
        assert words in page.main
    mine.submit_form("不记得密码，发验证码")
    code = last_code(at.world, person.phone)
    wrong = "000000" if code != "000000" else "111111"
    assert "验证码不对" in mine.submit_form("prove", status=422, code=wrong).main
    page = mine.get(f"{TAKE}?by=code")
    answer = mine.client.post(f"{TAKE}?by=code", data={"csrf_token": page.token(), "code": code})
    assert answer.mimetype == "application/zip"


def test_an_account_is_closed_at_once_on_the_password(at: Market, mine: Pages, person: Person) -> None:
    delivered_to(at, person, {variant_id(at, listing(at)): 1})
    mine.get(CLOSE)
    assert "密码不对" in mine.submit_form("prove", status=422, password="wrong-password").main
    assert is_open(at.world, person)
    page = mine.submit_form("prove", password=PASSWORD)
    assert "账户注销了" in page.main
    assert not is_open(at.world, person)
    assert mine.client.get("/me/data").status_code == 303, "signed out"
    mine.get("/sign-in")
    refused = mine.submit_form("/sign-in", 422, phone=person.phone, password=PASSWORD, device="own")
    assert "手机号码或密码不对" in refused.main


def test_what_must_end_first_is_told(at: Market, mine: Pages, person: Person) -> None:
    made = order_of(at, person, {variant_id(at, listing(at)): 1})
    page = mine.get(CLOSE)
    assert f"订单 {made.code} 还没办完" in page.main
    token = mine.get("/me/name").token()
    answer = mine.client.post(CLOSE, data={"csrf_token": token, "password": PASSWORD})
    assert answer.status_code == 409
    assert is_open(at.world, person)


def test_news_are_switched_on_and_off(at: Market, mine: Pages) -> None:
    mine.get("/me/data")
    assert "不想听了" in mine.submit_form("想听时令消息").main
    assert "想听时令消息" in mine.submit_form("不想听了").main
    said = at.world.read(lambda session: session.scalars(select(NewsChoice.is_wanted).order_by(NewsChoice.id)).all())
    assert said == [True, False]


def test_a_name_and_a_phone_are_put_right(at: Market, mine: Pages, person: Person) -> None:
    mine.get("/me/name")
    assert "请填名字" in mine.submit_form("name-form", status=422, name=" ").main
    assert "欧阳若兰" in mine.submit_form("name-form", name="欧阳若兰").main
    other, new = a_buyer(at), at.world.phone()
    mine.get("/me/phone")
    mine.submit_form("phone-form", phone=other.phone)
    code = last_code(at.world, other.phone)
    assert "已经有账户了" in mine.submit_form("phone-form", status=422, phone=other.phone, code=code).main
    mine.submit_form("phone-form", phone=new, code="")
    assert "验证码不对" in mine.submit_form("phone-form", status=422, phone=new, code="123").main
    mine.submit_form("phone-form", phone=new, code=last_code(at.world, new))
    wanted = select(User.name, User.phone).where(User.id == person.id)
    assert tuple(at.world.read(lambda session: session.execute(wanted).one())) == ("欧阳若兰", new)


def test_the_counter_closes_an_account_for_whoever_stands_there(at: Market, pages: Pages, person: Person) -> None:
    clerk = someone(at.world, Role.COUNTER)
    pages.sign_in(clerk.phone, PASSWORD)
    pages.get("/staff/rights")
    assert "没有账户" in pages.submit_form("find", 422, phone=at.world.phone()).main
    page = pages.submit_form("find", phone=person.phone)
    assert person.phone not in page.text
    assert "请写怎么认出是本人" in pages.submit_form("close", 422, press="注销", reason="").main
    assert is_open(at.world, person)
    assert "账户注销了" in pages.submit_form("close", press="注销", reason="看了身份证").main
    assert not is_open(at.world, person)
    pages.get(f"/staff/rights/{person.code}", status=404)
    told = select(AuditEntry.thing, AuditEntry.actor, AuditEntry.reason)
    assert at.world.read(lambda session: [tuple(row) for row in session.execute(told)]) == [
        (f"person:{person.code}", clerk.code, "看了身份证")
    ]


def test_what_must_end_first_is_told_at_the_counter_too(at: Market, pages: Pages, person: Person) -> None:
    made = order_of(at, person, {variant_id(at, listing(at)): 1})
    pages.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    address = f"/staff/rights/{person.code}"
    page = pages.get(address, max_statements=15)
    assert f"订单 {made.code} 还没办完" in page.main
    owner = at.vendor_person()
    assert "还在这里卖货" in pages.get(f"/staff/rights/{owner.code}", max_statements=15).main
    fields = {"csrf_token": page.token(), "version": "0", "reason": "看了身份证"}
    assert pages.client.post(f"{address}/close", data=fields).status_code == 409
    assert is_open(at.world, person)


def test_a_manager_hands_over_the_file_and_why_is_written_down(at: Market, pages: Pages, person: Person) -> None:
    manager = someone(at.world, Role.MANAGER)
    pages.sign_in(manager.phone, PASSWORD)
    address = f"/staff/rights/{person.code}"
    page = pages.get(address)
    fields = {"csrf_token": page.token(), "version": "0"}
    assert pages.client.post(f"{address}/file", data={**fields, "reason": ""}).status_code == 422
    answer = pages.client.post(f"{address}/file", data={**fields, "reason": "本人来拿"})
    assert person.phone in ZipFile(BytesIO(answer.get_data())).read("data.json").decode()
    told = select(AuditEntry.actor, AuditEntry.reason)
    assert at.world.read(lambda session: [tuple(row) for row in session.execute(told)]) == [(manager.code, "本人来拿")]


def test_every_subject_column_and_value_has_words(at: Market, person: Person) -> None:
    lacking = {kind.__name__: set(kind) - set(words) for kind, words in VALUE_WORDS.items() if set(kind) - set(words)}
    assert lacking == {}
    owner = at.vendor_person()
    vendor = at.world.read(lambda session: vendor_of_member(session, owner.id))
    assert vendor is not None
    tables = at.world.read(lambda session: (*of_person(session, person), *of_household(session, vendor)))
    assert {table.key for table in tables} == set(SUBJECT_WORDS)
    assert {column for table in tables for column in table.columns} == set(COLUMN_WORDS)
