"""Codes for a forgotten password: asked for, sent, typed, used up, forgotten."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from shop.accounts import services
from shop.accounts.models import Attempt, SmsCode
from shop.accounts.passwords import Hasher
from shop.accounts.queries import person_by_phone
from shop.accounts.rules import WrongCode, WrongCredentials, code_digits
from shop.accounts.topics import RESET_CODE
from shop.kernel.edge import Edge
from shop.kernel.errors import Invalid, TooMany
from tests.rooms.accounts_town import NEW, PHONE, SECRET, Town
from tests.support.clock import SettableClock


@pytest.fixture
def town(edge: Edge, clock: SettableClock, hasher: Hasher) -> Town:
    return Town(edge, clock, hasher)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_asking_for_a_code_posts_no_code_and_nothing_for_strangers(town: Town) -> None:
    town.person()
    town.ask("13900000009")
    assert town.messages() == []
    town.ask("+86 138 0000 0001")
    (message,) = town.messages()
    assert (message.topic, message.facts) == (RESET_CODE, {"phone": PHONE, "language": "zh_Hans"})


@pytest.mark.parametrize("phone", [PHONE, "13900000009"])
def test_a_phone_asks_three_times_an_hour_known_or_not(town: Town, phone: str) -> None:
    town.person()
    for _ in range(3):
        town.ask(phone)
    with pytest.raises(TooMany) as refused:
        town.ask(phone)
    assert refused.value.retry_s == 3600
    town.clock.advance(minutes=60)
    town.ask(phone)


def test_an_address_asks_ten_times_an_hour(town: Town) -> None:
    for number in range(10):
        town.ask(f"139{number:08d}")
    with pytest.raises(TooMany):
        town.ask("13900000099")
    town.ask("13900000099", address="203.0.113.99")


def test_the_code_opens_once_sets_the_password_and_ends_sessions(town: Town) -> None:
    old = town.person()
    town.ask()
    code = town.make_code()
    new = town.reset(f" {code[:3]} {code[3:]} ")
    assert not town.is_open(old)
    assert town.is_open(new)
    assert town.sign_in(password=NEW) == new
    with pytest.raises(WrongCode):
        town.reset(code, new="another-password")
    assert town.sign_in(password=NEW) == new


def test_only_a_digest_of_the_code_is_kept(town: Town) -> None:
    town.person()
    town.ask()
    code = town.make_code()
    assert (len(code), code.isdigit()) == (6, True)
    with town.edge.reading() as session:
        digest = session.scalars(select(SmsCode.digest)).one()
    assert len(digest) == 64
    assert code not in digest
    assert str(town.messages()[0].facts).find(code) == -1


def test_a_code_lives_ten_minutes(town: Town) -> None:
    town.person()
    town.ask()
    code = town.make_code()
    town.clock.advance(minutes=10)
    with pytest.raises(WrongCode):
        town.reset(code)


def test_a_code_bears_five_tries_and_refused_ones_stay_counted(town: Town) -> None:
    person = town.person()
    town.ask()
    code = town.make_code()
    for _ in range(5):
        with pytest.raises(WrongCode):
            town.reset(wrong(code))
    with pytest.raises(WrongCode):
        town.reset(code)
    assert town.is_open(person)


def test_a_password_that_will_not_do_costs_no_try_of_the_code(town: Town) -> None:
    town.person()
    town.ask()
    code = town.make_code()
    for _ in range(7):
        with pytest.raises(Invalid):
            town.reset(code, new="12345678")
    assert town.reset(code).phone == PHONE


def test_a_newer_code_ends_the_older_one(town: Town) -> None:
    town.person()
    town.ask()
    older = town.make_code()
    town.ask()
    newer = town.make_code()
    assert older != newer
    with pytest.raises(WrongCode):
        town.reset(older)
    town.reset(newer)


def test_a_message_delivered_twice_carries_the_same_code_in_one_row(town: Town) -> None:
    town.person()
    town.ask()
    first = town.make_code()
    town.clock.advance(minutes=20)
    assert town.make_code() == first, "whichever text reaches the phone is the right one"
    assert town.count(SmsCode) == 1
    town.reset(first)
    town.make_code()
    with pytest.raises(WrongCode):
        town.reset(first, new="another-password")


def test_a_code_belongs_to_its_phone_its_message_and_its_house() -> None:
    code = code_digits(SECRET, 1, PHONE)
    others = {code_digits(SECRET, 2, PHONE), code_digits(SECRET, 1, "13800000002"), code_digits("another", 1, PHONE)}
    assert code not in others


def test_a_stranger_with_a_guess_is_told_nothing(town: Town) -> None:
    town.person()
    town.ask()
    code = town.make_code()
    with pytest.raises(WrongCode):
        town.reset(code, phone="13900000009")
    assert town.reset(code).phone == PHONE


def test_resetting_many_times_waits(town: Town) -> None:
    for _ in range(15):
        with pytest.raises(WrongCode):
            town.reset("000000", phone="13900000009")
    with pytest.raises(TooMany):
        town.reset("000000", phone="13900000009")


def test_two_who_type_the_right_code_at_once_do_not_both_go_on(town: Town) -> None:
    town.person()
    town.ask()
    code = town.make_code()

    def go(new: str) -> bool:
        try:
            town.reset(code, new=new)
        except WrongCode:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        went = list(pool.map(go, [f"new-password-{number}" for number in range(4)]))
    assert went.count(True) == 1
    with town.edge.reading() as session:
        person = person_by_phone(session, PHONE)
    assert person is not None
    assert person.epoch == 2


def test_what_no_rule_asks_about_any_more_is_removed(town: Town) -> None:
    town.person()
    town.ask()
    town.make_code()
    town.clock.advance(days=2)
    with pytest.raises(WrongCredentials):
        town.sign_in(password="wrong-password")
    assert town.edge.run(lambda session: services.forget_old(session, town.clock())) == 2
    assert (town.count(Attempt), town.count(SmsCode)) == (2, 1)
    town.clock.advance(days=6)
    town.edge.run(lambda session: services.forget_old(session, town.clock()))
    assert (town.count(Attempt), town.count(SmsCode)) == (0, 0)
