"""People: passwords, sign-in with counted tries, reset codes, ended sessions."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from shop.accounts import entry, services
from shop.accounts.models import Attempt, Role, SmsCode, User
from shop.accounts.passwords import Hasher
from shop.accounts.queries import Person, person_by_phone, person_in_session
from shop.accounts.rules import (
    COMMONEST,
    MIN_PASSWORD,
    WrongCode,
    WrongCredentials,
    check_password,
    network_of,
    normal_phone,
    reset_code,
)
from shop.accounts.topics import RESET_CODE
from shop.kernel.actor import VISITOR, Actor, system
from shop.kernel.edge import Edge
from shop.kernel.errors import Forbidden, Invalid, TooMany
from shop.kernel.outbox import Message
from tests.support.clock import SettableClock

SECRET = "the secret of these tests"
PHONE, PASSWORD, NEW = "13800000001", "bamboo-rain-hat", "walnut-and-plum"
ADDRESS = "203.0.113.7"
HOUSE = system("tests")


class Town:
    """The acts under test with their wiring filled in."""

    def __init__(self, edge: Edge, clock: SettableClock, hasher: Hasher) -> None:
        self.edge, self.clock, self.hasher = edge, clock, hasher

    def person(self, phone: str = PHONE, password: str = PASSWORD, *, actor: Actor = HOUSE) -> Person:
        return self.edge.run(
            lambda session: services.create_user(
                session,
                phone=phone,
                name="周素珍",
                password=password,
                roles=[Role.VENDOR],
                hasher=self.hasher,
                actor=actor,
                clock=self.clock,
            )
        )

    def sign_in(self, phone: str = PHONE, password: str = PASSWORD, address: str = ADDRESS) -> Person:
        return entry.sign_in(
            self.edge, self.hasher, phone=phone, password=password, address=address, secret=SECRET, clock=self.clock
        )

    def ask(self, phone: str = PHONE, address: str = ADDRESS) -> None:
        entry.ask_reset_code(self.edge, phone=phone, address=address, secret=SECRET, clock=self.clock)

    def reset(self, code: str, phone: str = PHONE, new: str = NEW) -> Person:
        return entry.reset_password(
            self.edge,
            self.hasher,
            phone=phone,
            code=code,
            new=new,
            address=ADDRESS,
            secret=SECRET,
            clock=self.clock,
        )

    def change(self, person: Person, current: str, new: str = NEW) -> Person:
        return entry.change_password(
            self.edge,
            self.hasher,
            actor=Actor(person.id, person.code, person.roles),
            phone=person.phone,
            current=current,
            new=new,
            address=ADDRESS,
            secret=SECRET,
            clock=self.clock,
        )

    def messages(self) -> list[Message]:
        with self.edge.reading() as session:
            found = list(session.scalars(select(Message).order_by(Message.id)))
            session.expunge_all()
        return found

    def make_code(self) -> str:
        message = self.messages()[-1]
        return self.edge.run(
            lambda session: services.make_code(
                session, message.id, message.facts["phone"], secret=SECRET, clock=self.clock
            )
        )

    def count(self, model: type[Attempt] | type[SmsCode] | type[User]) -> int:
        with self.edge.reading() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def is_open(self, person: Person) -> bool:
        with self.edge.reading() as session:
            return person_in_session(session, person.id, person.epoch) is not None


@pytest.fixture
def town(edge: Edge, clock: SettableClock, hasher: Hasher) -> Town:
    return Town(edge, clock, hasher)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


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
        assert user.password_hash.startswith("$argon2id$")
        assert PASSWORD not in user.password_hash


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
    town.edge.run(lambda session: services.sign_out_everywhere(session, actor=actor))
    assert not town.is_open(person)
    with pytest.raises(Forbidden):
        town.edge.run(lambda session: services.sign_out_everywhere(session, actor=VISITOR))


def test_asking_for_a_code_posts_no_code_and_nothing_for_strangers(town: Town) -> None:
    town.person()
    town.ask("13900000009")
    assert town.messages() == []
    town.ask("+86 138 0000 0001")
    (message,) = town.messages()
    assert (message.topic, message.facts) == (RESET_CODE, {"phone": PHONE})


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
    code = reset_code(SECRET, 1, PHONE)
    others = {reset_code(SECRET, 2, PHONE), reset_code(SECRET, 1, "13800000002"), reset_code("another", 1, PHONE)}
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
