"""Coming in with a code from the phone, with an account and without one."""

import pytest

from shop.accounts.models import Attempt, CodePurpose, User
from shop.accounts.passwords import Hasher
from shop.accounts.rules import WrongCode, WrongCredentials
from shop.accounts.topics import ENTRY_CODE
from shop.kernel.edge import Edge
from shop.kernel.errors import Invalid, TooMany
from tests.rooms.accounts_town import ADDRESS, NEW, PHONE, Town
from tests.support.clock import SettableClock
from tests.support.races import at_once

STRANGER = "13900000009"
ENTRY = CodePurpose.ENTRY


@pytest.fixture
def town(edge: Edge, clock: SettableClock, hasher: Hasher) -> Town:
    return Town(edge, clock, hasher)


@pytest.mark.parametrize("phone", [PHONE, STRANGER])
def test_a_code_is_sent_whether_the_phone_is_known_or_not(town: Town, phone: str) -> None:
    town.person()
    town.ask_in(f"+86 {phone}")
    (message,) = town.messages()
    assert (message.topic, message.facts) == (ENTRY_CODE, {"phone": phone, "language": "zh_Hans"})


def test_what_is_no_mobile_number_is_asked_nothing(town: Town) -> None:
    with pytest.raises(Invalid, match="phone"):
        town.ask_in("028-12345678")
    assert town.messages() == []
    assert town.count(Attempt) == 0


def test_who_has_an_account_comes_in_and_stays_signed_in_elsewhere(town: Town) -> None:
    person = town.person()
    town.ask_in()
    code = town.make_code(ENTRY)
    assert town.enter(f" {code[:3]} {code[3:]} ", name="别的名字") == person
    assert town.is_open(person)
    with pytest.raises(WrongCode):
        town.enter(code)


def test_who_has_none_is_asked_for_a_name_and_the_same_code_opens_the_account(town: Town) -> None:
    town.ask_in(STRANGER)
    code = town.make_code(ENTRY)
    for name in ("", "  ", "长" * 41):
        with pytest.raises(Invalid, match="name"):
            town.enter(code, STRANGER, name)
    person = town.enter(code, STRANGER, " 罗成富 ")
    assert (person.phone, person.name, person.roles) == (STRANGER, "罗成富", frozenset({"buyer"}))
    assert town.count(User) == 1


def test_who_has_no_password_signs_in_with_none_and_may_set_one(town: Town) -> None:
    town.ask_in()
    person = town.enter(town.make_code(ENTRY), name="罗成富")
    for guess in ("", "None", NEW):
        with pytest.raises(WrongCredentials):
            town.sign_in(password=guess)
    town.ask()
    town.reset(town.make_code())
    assert town.sign_in(password=NEW).id == person.id


def test_a_wrong_code_tells_nobody_whether_there_is_an_account(town: Town) -> None:
    town.person()
    for phone in (PHONE, STRANGER):
        town.ask_in(phone)
        code = town.make_code(ENTRY)
        with pytest.raises(WrongCode):
            town.enter(f"{(int(code) + 1) % 1_000_000:06d}", phone)


def test_a_code_for_a_new_password_lets_nobody_in_and_the_other_way_round(town: Town) -> None:
    town.person()
    town.ask()
    reset = town.make_code()
    town.ask_in()
    enter = town.make_code(ENTRY)
    with pytest.raises(WrongCode):
        town.enter(reset)
    with pytest.raises(WrongCode):
        town.reset(enter)
    town.enter(enter)
    town.reset(reset)


def test_a_closed_account_stays_closed(town: Town) -> None:
    person = town.person()
    with town.edge.transaction() as session:
        session.get_one(User, person.id).is_active = False
    town.ask_in()
    code = town.make_code(ENTRY)
    for _ in range(2):
        with pytest.raises(WrongCode):
            town.enter(code, name="罗成富")
    assert town.count(User) == 1


def test_a_code_lives_ten_minutes_and_bears_five_tries(town: Town) -> None:
    town.person()
    town.ask_in()
    code = town.make_code(ENTRY)
    town.clock.advance(minutes=10)
    with pytest.raises(WrongCode):
        town.enter(code)
    town.ask_in()
    code = town.make_code(ENTRY)
    for _ in range(5):
        with pytest.raises(WrongCode):
            town.enter(f"{(int(code) + 1) % 1_000_000:06d}")
    with pytest.raises(WrongCode):
        town.enter(code)


def test_a_phone_gets_three_codes_an_hour_of_both_kinds_together(town: Town) -> None:
    town.ask_in()
    town.ask()
    town.ask_in()
    for ask in (town.ask_in, town.ask):
        with pytest.raises(TooMany):
            ask()


def test_an_address_asks_thirty_times_an_hour_and_tries_sixty_times(town: Town) -> None:
    for number in range(30):
        town.ask_in(f"139{number:08d}")
    with pytest.raises(TooMany):
        town.ask_in("13900000099")
    town.ask_in("13900000099", address="203.0.113.99")
    for number in range(60):
        with pytest.raises(WrongCode):
            town.enter("000000", f"137{number:08d}")
    with pytest.raises(TooMany):
        town.enter("000000", "13700000099", address=ADDRESS)


def test_one_code_typed_by_four_at_once_opens_one_account(town: Town, database_url: str) -> None:
    town.ask_in()
    code = town.make_code(ENTRY)
    outcomes = at_once(
        database_url, *[lambda racer: Town(racer.edge, town.clock, town.hasher).enter(code, name="罗成富")] * 4
    )
    assert sum(outcome.won for outcome in outcomes) == 1
    assert all(outcome.won or isinstance(outcome.error, WrongCode) for outcome in outcomes)
    assert town.count(User) == 1
