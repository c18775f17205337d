"""People: passwords, sign-in with counted tries, reset codes, ended sessions."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from shop.accounts import services
from shop.accounts.models import Attempt, User
from shop.accounts.passwords import Hasher
from shop.accounts.rules import (
    COMMONEST,
    MIN_PASSWORD,
    WrongCredentials,
    check_password,
    network_of,
    normal_phone,
)
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.edge import Edge
from shop.kernel.errors import Forbidden, Invalid, TooMany
from tests.rooms.accounts_town import ADDRESS, NEW, PASSWORD, PHONE, Town
from tests.support.clock import SettableClock


@pytest.fixture
def town(edge: Edge, clock: SettableClock, hasher: Hasher) -> Town:
    return Town(edge, clock, hasher)


@pytest.mark.parametrize(
    "typed",
    [
        "13800000001",
        " 138 0000 0001 ",
        "138-0000-0001",
        "+86 13800000001",
        "8613800000001",
        "008613800000001",
        "１３８００００0001",
    ],
)
def test_a_phone_is_kept_in_one_form_however_it_is_typed(typed: str) -> None:
    assert normal_phone(typed) == PHONE


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("seven77", "short"),
        ("x" * 129, "long"),
        (PHONE, "phone"),
        ("138-0000-0001", "phone"),
        ("Password", "common"),
        ("aaaaaaaaa", "common"),
    ],
)
def test_a_password_that_is_guessed_at_once_is_refused(password: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(password, PHONE)
    assert (refused.value.field, refused.value.reason) == ("password", reason)


def test_the_list_of_common_passwords_holds_only_what_the_length_rule_lets_through() -> None:
    assert len(COMMONEST) > 50
    assert all(len(word) >= MIN_PASSWORD and word == word.casefold() for word in COMMONEST)


def test_a_household_on_ipv6_counts_as_one_address() -> None:
    assert network_of("2001:db8:1:2:aaaa::1") == network_of("2001:db8:1:2:bbbb::9") != network_of("2001:db8:1:3::1")
    assert network_of("203.0.113.7") != network_of("203.0.113.8")
    assert network_of("unix:") == ""


def test_the_default_profile_is_argon2id_and_reads_full_width_figures_as_the_same() -> None:
    hasher = Hasher()
    kept = hasher.hash("bamboo-2026")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hasher.verify(kept, "bamboo-２０２６")
    assert not hasher.verify(kept, "bamboo-2027")
    assert not hasher.verify(None, "bamboo-2026")
    assert not hasher.verify("no hash at all", "bamboo-2026")


def test_opening_an_account_keeps_no_password_and_the_phone_in_its_one_form(town: Town) -> None:
    person = town.person("+86 138 0000 0001")
    assert (person.phone, person.roles, person.epoch) == (PHONE, frozenset({"vendor"}), 1)
    with town.edge.reading() as session:
        user = session.get_one(User, person.id)
        assert str(user.password_hash).startswith("$argon2id$")
        assert PASSWORD not in str(user.password_hash)


@pytest.mark.parametrize(
    ("phone", "password", "field"), [("12800000001", PASSWORD, "phone"), (PHONE, "12345678", "password")]
)
def test_an_account_that_cannot_be_is_refused(town: Town, phone: str, password: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        town.person(phone, password)
    assert refused.value.field == field
    assert town.count(User) == 0


def test_one_phone_opens_one_account(town: Town) -> None:
    town.person()
    with pytest.raises(Invalid, match="taken"):
        town.person("138-0000-0001")
    assert town.count(User) == 1


@pytest.mark.parametrize("actor", [VISITOR, Actor(7, "ABC", frozenset({"staff", "vendor"}))])
def test_only_a_manager_opens_accounts(town: Town, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        town.person(actor=actor)
    assert town.count(User) == 0


def test_signing_in_returns_the_person_and_leaves_no_failure_counted(town: Town) -> None:
    made = town.person()
    assert town.sign_in("+86-138-0000-0001") == made
    assert town.count(Attempt) == 0


def test_unknown_closed_and_wrong_look_the_same_and_stay_counted(town: Town) -> None:
    town.person()
    closed = town.person("13800000002")
    with town.edge.transaction() as session:
        session.get_one(User, closed.id).is_active = False
    seen = []
    for phone, password in ((PHONE, "wrong-password"), ("13800000002", PASSWORD), ("13900000009", PASSWORD)):
        with pytest.raises(WrongCredentials) as refused:
            town.sign_in(phone, password)
        seen.append((str(refused.value), refused.value.__dict__))
    assert seen[0] == seen[1] == seen[2]
    assert town.count(Attempt) == 6, "each refused try counts for its phone and for the address"


def test_tries_are_kept_under_digests_that_show_no_phone(town: Town) -> None:
    with pytest.raises(WrongCredentials):
        town.sign_in()
    with town.edge.reading() as session:
        keys = " ".join(session.scalars(select(Attempt.key)))
    assert PHONE not in keys
    assert ADDRESS not in keys


def test_after_eight_failures_the_right_password_waits_too_and_knocking_does_not_lengthen_the_wait(town: Town) -> None:
    town.person()
    for _ in range(8):
        with pytest.raises(WrongCredentials):
            town.sign_in(password="wrong-password")
    town.clock.advance(minutes=10)
    for _ in range(3):
        with pytest.raises(TooMany) as refused:
            town.sign_in()
    assert refused.value.retry_s == 300
    town.clock.advance(minutes=5)
    assert town.sign_in().phone == PHONE


def test_failures_of_an_unknown_phone_reach_the_same_limit(town: Town) -> None:
    for _ in range(8):
        with pytest.raises(WrongCredentials):
            town.sign_in("13900000009")
    with pytest.raises(TooMany):
        town.sign_in("13900000009")


def test_an_address_that_tries_many_phones_is_stopped_but_others_are_not(town: Town) -> None:
    town.person()
    for number in range(80):
        with pytest.raises(WrongCredentials):
            town.sign_in(f"139{number:08d}")
    with pytest.raises(TooMany):
        town.sign_in()
    assert town.sign_in(address="203.0.113.99").phone == PHONE


def test_a_success_forgets_the_failures_of_the_phone_but_not_of_the_address(town: Town) -> None:
    town.person()
    for _ in range(7):
        with pytest.raises(WrongCredentials):
            town.sign_in(password="wrong-password")
    town.sign_in()
    assert town.count(Attempt) == 7
    for _ in range(8):
        with pytest.raises(WrongCredentials):
            town.sign_in(password="wrong-password")


def test_many_at_once_never_pass_the_limit(town: Town) -> None:
    town.person()

    def guess(_number: int) -> str:
        try:
            town.sign_in(password="wrong-password")
        except (WrongCredentials, TooMany) as refused:
            return type(refused).__name__
        return "in"

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(guess, range(24)))
    assert set(answers) <= {"WrongCredentials", "TooMany"}
    assert answers.count("WrongCredentials") <= 8


def test_an_old_profile_is_renewed_at_the_next_sign_in(town: Town) -> None:
    made = town.person()
    stronger = Hasher(time_cost=2, memory_kib=16)
    town.hasher = stronger
    assert town.sign_in() == made, "the session epoch stays, so nobody is signed out by it"
    with town.edge.reading() as session:
        kept = session.get_one(User, made.id).password_hash
    assert kept is not None
    assert not stronger.is_outdated(kept)
    assert town.sign_in() == made


def test_a_changed_password_ends_every_session_but_the_one_that_goes_on(town: Town) -> None:
    old = town.person()
    new = town.change(old, PASSWORD)
    assert not town.is_open(old)
    assert town.is_open(new)
    assert town.sign_in(password=NEW) == new
    with pytest.raises(WrongCredentials):
        town.sign_in(password=PASSWORD)


def test_changing_needs_the_current_password_and_counts_guesses_at_it(town: Town) -> None:
    person = town.person()
    for _ in range(8):
        with pytest.raises(WrongCredentials):
            town.change(person, "wrong-password")
    with pytest.raises(TooMany):
        town.change(person, PASSWORD)
    assert town.is_open(person)


def test_signing_out_everywhere_ends_every_session(town: Town) -> None:
    person = town.person()
    actor = Actor(person.id, person.code)
    town.edge.run(lambda session: services.sign_out_everywhere(session, actor=actor, clock=town.clock))
    assert not town.is_open(person)
    with pytest.raises(Forbidden):
        town.edge.run(lambda session: services.sign_out_everywhere(session, actor=VISITOR, clock=town.clock))
