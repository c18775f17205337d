"""Kept addresses: one row however often it is used, the one used last first, and nobody else's."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from shop.accounts import services
from shop.accounts.models import KeptAddress
from shop.accounts.passwords import Hasher
from shop.accounts.queries import KeptAddressFacts, kept_address, kept_addresses
from shop.accounts.rules import LONGEST, MAX_KEPT, PostalAddress
from shop.kernel.edge import Edge
from shop.kernel.errors import Invalid, NotFound
from tests.rooms.accounts_town import PHONE, Town
from tests.support.clock import SettableClock

HOME = PostalAddress("何晓雨", "13912345678", "四川", "成都市", "彭州市", "龙门山镇小鱼洞社区3组12号")
WORK = replace(HOME, city="成都市", district="武侯区", street="科华路 12 号")


class Book:
    """One member's addresses, with their wiring."""

    def __init__(self, edge: Edge, clock: SettableClock, user_id: int) -> None:
        self.edge, self.clock, self.user_id = edge, clock, user_id

    def keep(self, address: PostalAddress = HOME) -> KeptAddressFacts:
        self.clock.advance(minutes=1)
        return self.edge.run(lambda session: services.keep_address(session, self.user_id, address, clock=self.clock))

    def change(self, code: str, address: PostalAddress) -> KeptAddressFacts:
        return self.edge.run(lambda session: services.change_address(session, self.user_id, code, address))

    def forget(self, code: str) -> None:
        self.edge.run(lambda session: services.forget_address(session, self.user_id, code))

    def streets(self) -> list[str]:
        return [kept.street for kept in self.edge.run(lambda session: kept_addresses(session, self.user_id))]


@pytest.fixture
def town(edge: Edge, clock: SettableClock, hasher: Hasher) -> Town:
    return Town(edge, clock, hasher)


@pytest.fixture
def book(town: Town, edge: Edge, clock: SettableClock) -> Book:
    return Book(edge, clock, town.person(PHONE).id)


@pytest.fixture
def neighbour(town: Town, edge: Edge, clock: SettableClock) -> Book:
    return Book(edge, clock, town.person("13800000002").id)


def test_the_address_used_last_stands_first_and_the_same_one_is_kept_once(book: Book) -> None:
    first = book.keep(HOME)
    book.keep(WORK)
    assert book.streets() == [WORK.street, HOME.street]
    assert book.keep(HOME) == first
    assert book.streets() == [HOME.street, WORK.street]


def test_no_more_than_ten_are_kept_and_the_one_unused_longest_goes(book: Book) -> None:
    for number in range(MAX_KEPT):
        book.keep(replace(HOME, street=f"{number}号"))
    book.keep(replace(HOME, street="0号"))
    book.keep(WORK)
    assert book.streets() == [WORK.street, "0号", *(f"{number}号" for number in range(MAX_KEPT - 1, 1, -1))]


def test_a_changed_address_stays_where_it_is_and_two_that_become_one_are_one(book: Book) -> None:
    home = book.keep(HOME)
    work = book.keep(WORK)
    changed = book.change(home.code, replace(HOME, street="7号"))
    assert (changed.code, changed.street) == (home.code, "7号")
    assert book.streets() == [WORK.street, "7号"]
    assert book.change(home.code, WORK).code == home.code
    assert book.streets() == [WORK.street]
    with pytest.raises(NotFound):
        book.forget(work.code)


def test_anothers_address_looks_like_none(book: Book, neighbour: Book, edge: Edge) -> None:
    mine = book.keep(HOME)
    for act in (
        lambda: neighbour.forget(mine.code),
        lambda: neighbour.change(mine.code, WORK),
        lambda: edge.run(lambda session: kept_address(session, neighbour.user_id, mine.code)),
        lambda: neighbour.forget("NOSUCHCD"),
    ):
        with pytest.raises(NotFound) as refused:
            act()
        assert refused.value.what == "address"
    assert edge.run(lambda session: kept_address(session, book.user_id, mine.code)) == mine
    assert neighbour.streets() == []


@pytest.mark.parametrize(
    ("part", "told", "reason"),
    [
        ("name", " ", "missing"),
        ("street", "", "missing"),
        ("province", "", "missing"),
        ("district", "区" * (LONGEST["district"] + 1), "long"),
        ("phone", "1391234567x", "shape"),
        ("phone", "02883871234", "shape"),
    ],
)
def test_what_is_no_address_is_refused_and_nothing_changes(book: Book, part: str, told: str, reason: str) -> None:
    kept = book.keep(HOME)
    for act in (book.keep, lambda address: book.change(kept.code, address)):
        with pytest.raises(Invalid) as refused:
            act(replace(WORK, **{part: told}))
        assert (refused.value.field, refused.value.reason) == (part, reason)
    assert book.streets() == [HOME.street]


def test_a_second_click_at_the_same_moment_keeps_one_row(book: Book) -> None:
    with ThreadPoolExecutor(4) as pool:
        codes = {kept.code for kept in pool.map(book.keep, [HOME] * 4)}
    assert len(codes) == 1
    assert book.streets() == [HOME.street]


def test_nobody_keeps_nothing(edge: Edge, clock: SettableClock) -> None:
    with pytest.raises(NotFound):
        Book(edge, clock, 404).keep()


def test_a_forgotten_address_is_gone(book: Book, edge: Edge) -> None:
    book.forget(book.keep(HOME).code)
    assert edge.run(lambda session: session.scalar(select(func.count()).select_from(KeptAddress))) == 0
