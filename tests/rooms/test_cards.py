"""Cards: issued, scanned, tried, locked, stopped; and what each ends."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.models import CardOutcome, CardStop, CardTry, Device, How, Role, SignIn, SignInCard, User
from shop.accounts.queries import Person, card_tries, person_in_session
from shop.accounts.roles import change_role
from shop.accounts.rules import CardStopped, WrongPin, check_pin
from shop.accounts.sign_ins import open_sign_in
from shop.flows import cards
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.codes import new_token
from shop.kernel.errors import Forbidden, Invalid, NotFound, TooMany, WrongState
from shop.kernel.outbox import Message
from shop.vendors.models import VendorState
from tests.world import World, market
from tests.world.market import STAFF, Market, someone

PIN, WRONG = "4071", "4072"


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


@pytest.fixture
def person(at: Market) -> Person:
    return at.vendor_person()


@pytest.fixture
def token(world: World, person: Person) -> str:
    return issued(world, person)


def issued(world: World, person: Person, pin: str = PIN, actor: Actor = STAFF) -> str:
    token = new_token()
    world.run(lambda session: cards.issue(session, person.code, token=token, pin=pin, actor=actor, clock=world.clock))
    return token


def enter(world: World, token: str, pin: str = PIN) -> Person:
    return cards.enter(world.edge, token=token, pin=pin, browser="安卓手机", clock=world.clock).person


def card(world: World) -> SignInCard:
    """Return the card issued last."""

    def newest(session: Session) -> SignInCard:
        found = session.scalars(select(SignInCard).order_by(SignInCard.id.desc()).limit(1)).one()
        session.expunge(found)
        return found

    return world.read(newest)


def sent(world: World) -> list[dict[str, Any]]:
    """Return what short messages were asked for, the oldest first."""
    return world.read(lambda session: [message.facts for message in session.scalars(select(Message))])


def came_in(world: World, token: str) -> Callable[[], bool]:
    """Come in with a card, and return the question whether one is in still."""
    opened = cards.enter(world.edge, token=token, pin=PIN, browser="安卓手机", clock=world.clock)
    person = opened.person
    sign_in_id = world.run(
        lambda session: open_sign_in(
            session, person.id, How.CARD, Device.SHARED, browser="安卓手机", card_id=opened.id, clock=world.clock
        )
    )

    def is_in() -> bool:
        now = world.clock()
        found = world.read(lambda session: person_in_session(session, person.id, person.epoch, sign_in_id, now))
        return found is not None

    return is_in


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        ("123", "shape"),
        ("12345", "shape"),
        ("12a4", "shape"),
        ("", "shape"),
        *(
            (pin, "weak")
            for pin in ["0000", "7777", "1234", "4321", "9012", "2109", "1212", "1968", "2008", "2580", "1314", "5678"]
        ),
    ],
)
def test_a_pin_that_is_guessed_at_once_is_refused(pin: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_pin(pin, "13800005678")
    assert (refused.value.field, refused.value.reason) == ("pin", reason)


def test_a_card_and_its_pin_open_and_nothing_kept_shows_either(world: World, person: Person, token: str) -> None:
    assert enter(world, token) == person
    assert enter(world, token, " ４０７１ ") == person
    kept = card(world)
    columns = " ".join(str(getattr(kept, column.name)) for column in SignInCard.__table__.columns)
    assert token not in columns
    assert PIN not in {kept.pin_digest, kept.code}
    assert len(token) >= 32


def test_the_phone_is_told_of_a_card_and_of_its_end(world: World, person: Person, token: str) -> None:
    world.run(lambda session: cards.stop(session, person.code, actor=STAFF, clock=world.clock))
    assert [(facts["template"], facts["phone"]) for facts in sent(world)] == [
        ("card_issued", person.phone),
        ("card_stopped", person.phone),
    ]


@pytest.mark.parametrize("forged", ["", "x", "0" * 32])
def test_a_forged_token_opens_nothing(world: World, token: str, forged: str) -> None:
    for wrong in (forged, token[:-1], token.swapcase()):
        with pytest.raises(NotFound):
            enter(world, wrong)


@pytest.mark.parametrize("actor", [VISITOR, Actor(7, "ABC", frozenset({"vendor", "driver"}))])
def test_only_staff_issue_and_stop_cards(world: World, person: Person, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        issued(world, person, actor=actor)
    issued(world, person)
    with pytest.raises(Forbidden):
        world.run(lambda session: cards.stop(session, person.code, actor=actor, clock=world.clock))


def test_a_weak_pin_issues_nothing_and_leaves_the_old_card(world: World, person: Person, token: str) -> None:
    for pin in ("1111", person.phone[-4:]):
        with pytest.raises(Invalid):
            issued(world, person, pin)
    assert enter(world, token) == person


def test_who_sells_nothing_or_works_for_the_centre_gets_no_card(world: World, at: Market, person: Person) -> None:
    with pytest.raises(NotFound):
        issued(world, someone(world, Role.BUYER))
    with world.edge.transaction() as session:
        user = session.get_one(User, person.id)
        user.roles.append(type(user.roles[0])(role=Role.STAFF))
    with pytest.raises(Forbidden):
        issued(world, person)


def test_a_person_who_comes_to_work_for_the_centre_enters_by_card_no_more(
    world: World, person: Person, token: str
) -> None:
    with world.edge.transaction() as session:
        user = session.get_one(User, person.id)
        user.roles.append(type(user.roles[0])(role=Role.DRIVER))
    with pytest.raises(CardStopped):
        enter(world, token)


def test_a_role_at_the_centre_stops_the_card_and_what_it_opened(world: World, person: Person, token: str) -> None:
    enter(world, token)
    held = card(world).id
    world.run(
        lambda session: open_sign_in(
            session, person.id, How.CARD, Device.SHARED, browser="安卓手机", card_id=held, clock=world.clock
        )
    )
    manager = someone(world, Role.MANAGER)
    actor = Actor(manager.id, manager.code, manager.roles)
    world.run(
        lambda session: change_role(
            session,
            person.code,
            Role.PACKER,
            is_given=True,
            reason="秋天忙",
            version=0,
            actor=actor,
            clock=world.clock,
        )
    )
    assert card(world).stop is CardStop.REVOKED
    assert world.read(lambda session: session.scalars(select(SignIn.ended_at)).all()) == [world.clock()]


def test_five_wrong_pins_lock_the_card_for_half_an_hour(world: World, person: Person, token: str) -> None:
    left = []
    for _ in range(5):
        with pytest.raises(WrongPin) as refused:
            enter(world, token, WRONG)
        left.append(refused.value.left)
        world.clock.advance(minutes=1)
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(TooMany) as locked:
        enter(world, token)
    assert locked.value.retry_s == 29 * 60
    world.clock.advance(minutes=29)
    assert enter(world, token) == person


def test_a_right_pin_forgives_the_misses_but_not_the_days(world: World, token: str) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(WrongPin):
                enter(world, token, WRONG)
        enter(world, token)
    for refusal in (WrongPin, WrongPin, CardStopped):
        with pytest.raises(refusal):
            enter(world, token, WRONG)
    with pytest.raises(CardStopped):
        enter(world, token)
    assert card(world).stop is CardStop.GUESSED


def test_fifteen_wrong_pins_in_a_day_stop_the_card_until_another_is_issued(
    world: World, person: Person, token: str
) -> None:
    for number in range(1, 16):
        with pytest.raises(WrongPin if number < 15 else CardStopped):
            enter(world, token, WRONG)
        if number % 5 == 0:
            world.clock.advance(minutes=31)
    assert [facts["template"] for facts in sent(world)] == ["card_issued", "card_stopped"]
    with pytest.raises(CardStopped):
        enter(world, token)
    world.clock.advance(days=3)
    with pytest.raises(CardStopped):
        enter(world, token)
    assert enter(world, issued(world, person)) == person


def test_misses_of_other_days_do_not_stop_it(world: World, person: Person, token: str) -> None:
    for _ in range(4):
        for _ in range(5):
            with pytest.raises(WrongPin):
                enter(world, token, WRONG)
        world.clock.advance(days=1)
    assert enter(world, token) == person


def test_every_try_is_in_the_log_and_one_that_was_never_compared_counts(world: World, person: Person) -> None:
    token = issued(world, person)
    kept = card(world)
    with world.edge.transaction() as session:  # what a crash between counting and comparing leaves behind
        session.add(CardTry(card_id=kept.id, at=world.clock(), outcome=CardOutcome.TRIED, browser="x"))
        session.get_one(SignInCard, kept.id).misses = 4
        session.get_one(SignInCard, kept.id).missed_at = world.clock()
    with pytest.raises(WrongPin) as refused:
        enter(world, token, WRONG)
    assert refused.value.left == 0
    with pytest.raises(TooMany):
        enter(world, token)
    world.clock.advance(minutes=30)
    enter(world, token)
    log = world.read(lambda session: card_tries(session, person.id, 20))
    assert [one.outcome for one in log] == [CardOutcome.OPENED, CardOutcome.WRONG, CardOutcome.TRIED]
    assert {one.card for one in log} == {kept.code}


def test_a_stopped_card_opens_nothing_and_ends_what_it_opened(world: World, person: Person, token: str) -> None:
    is_in = came_in(world, token)
    assert is_in()
    world.run(lambda session: cards.stop(session, person.code, actor=STAFF, clock=world.clock))
    assert not is_in()
    with pytest.raises(CardStopped):
        enter(world, token)
    with pytest.raises(NotFound):
        world.run(lambda session: cards.stop(session, person.code, actor=STAFF, clock=world.clock))


def test_a_new_card_ends_the_old_one(world: World, person: Person, token: str) -> None:
    is_in = came_in(world, token)
    newer = issued(world, person)
    assert not is_in()
    with pytest.raises(CardStopped):
        enter(world, token)
    assert enter(world, newer) == person
    live = select(func.count()).select_from(SignInCard).where(SignInCard.stopped_at.is_(None))
    assert world.read(lambda session: session.scalar(live)) == 1


def test_a_card_stopped_between_the_pin_and_the_door_opens_nothing(world: World, person: Person, token: str) -> None:
    opened = cards.enter(world.edge, token=token, pin=PIN, browser="安卓手机", clock=world.clock)
    world.run(lambda session: cards.stop(session, person.code, actor=STAFF, clock=world.clock))
    with pytest.raises(CardStopped):
        world.run(
            lambda session: open_sign_in(
                session, person.id, How.CARD, Device.SHARED, browser="", card_id=opened.id, clock=world.clock
            )
        )
    assert world.read(lambda session: session.scalar(select(func.count()).select_from(SignIn))) == 0


@pytest.mark.parametrize("who", ["vendor", "person"])
def test_a_suspended_vendors_or_a_closed_persons_card_changes_nothing(
    world: World, at: Market, person: Person, token: str, who: str
) -> None:
    with world.edge.transaction() as session:
        if who == "vendor":
            session.get_one(type(at.vendor), at.vendor.id).state = VendorState.SUSPENDED
        else:
            session.get_one(User, person.id).is_active = False
    for pin in (PIN, WRONG):
        with pytest.raises(CardStopped):
            enter(world, token, pin)
    assert world.read(lambda session: session.scalar(select(func.count()).select_from(CardTry))) == 0
    with pytest.raises((WrongState, NotFound)):
        issued(world, person)


def test_who_may_hold_a_card_is_found_by_name_and_phone(world: World, person: Person, token: str) -> None:
    for words in ("", "周素珍", person.phone[-4:]):
        (found,) = world.read(lambda session, words=words: cards.holders(session, words))  # type: ignore[misc]
        assert (found.person_code, found.card is not None) == (person.code, True)
    assert world.read(lambda session: cards.holders(session, "%")) == ()
