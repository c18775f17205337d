"""Second factors: set up, proven once a code, guessed at, lost and reset."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select

from shop.accounts.factors import services
from shop.accounts.factors.models import FactorAct, FactorChange, RecoveryCode
from shop.accounts.factors.queries import factor_of, is_enrolled, live_key, sealed_factors
from shop.accounts.factors.rules import FACTOR_DAY, FACTOR_PERSON, NotEnrolled, WrongFactor, code_at, new_key, step_of
from shop.accounts.models import Device, How, Role
from shop.accounts.queries import Person, person_in_session
from shop.accounts.sign_ins import open_sign_in
from shop.kernel.actor import Actor
from shop.kernel.errors import Forbidden, Invalid, NotFound, TooMany
from shop.kernel.vault import Vault
from tests.world import World, market
from tests.world.market import MANAGER, someone

SECRET = "a secret"
KEY = new_key()


def _actor(person: Person) -> Actor:
    return Actor(user_id=person.id, label=person.code, roles=person.roles)


@pytest.fixture
def person(world: World) -> Person:
    market.town(world)
    return someone(world, Role.FINANCE)


@pytest.fixture
def browser(world: World, person: Person) -> int:
    return _browser(world, person)


def _browser(world: World, person: Person) -> int:
    opened = partial(open_sign_in, user_id=person.id, how=How.PASSWORD, device=Device.OWN, browser="电脑", card_id=None)
    return world.run(partial(opened, clock=world.clock))


def _confirm(world: World, person: Person, browser: int, typed: str) -> tuple[str, ...]:
    return services.confirm(
        world.edge,
        world.house.vault,
        actor=_actor(person),
        sign_in_id=browser,
        typed=typed,
        secret=SECRET,
        clock=world.clock,
    )


def _enrolled(world: World, person: Person, browser: int) -> tuple[str, ...]:
    world.run(partial(services.begin, vault=world.house.vault, key=KEY, actor=_actor(person)))
    return _confirm(world, person, browser, _now(world))


def _now(world: World, steps: int = 0) -> str:
    return code_at(KEY, step_of(world.clock()) + steps)


def _prove(world: World, person: Person, browser: int, typed: str) -> None:
    services.prove(
        world.edge,
        world.house.vault,
        actor=_actor(person),
        sign_in_id=browser,
        typed=typed,
        secret=SECRET,
        clock=world.clock,
    )


def _proven(world: World, person: Person, browser: int) -> bool:
    found = world.read(lambda session: person_in_session(session, person.id, 1, browser, world.clock()))
    assert found is not None
    return found.proven_at is not None


def _left(world: World, person: Person) -> int:
    return world.read(lambda session: factor_of(session, person.id)).codes_left


def test_it_is_set_up_by_its_first_code_and_kept_sealed(world: World, person: Person, browser: int) -> None:
    with pytest.raises(NotEnrolled):
        _confirm(world, person, browser, _now(world))
    world.run(partial(services.begin, vault=world.house.vault, key=KEY, actor=_actor(person)))
    assert not world.read(lambda session: is_enrolled(session, person.id)), "it waits for its first code"
    with pytest.raises(WrongFactor):
        _confirm(world, person, browser, _now(world, 7))
    codes = _confirm(world, person, browser, _now(world))
    assert _proven(world, person, browser)
    assert _left(world, person) == len(codes) == 10
    (sealed,) = world.read(sealed_factors)
    assert KEY not in sealed
    kept = world.read(lambda session: session.scalars(select(RecoveryCode.digest)).all())
    assert not set(kept) & set(codes)
    with pytest.raises(NotEnrolled):  # the same press again
        _confirm(world, person, browser, _now(world))


def test_a_code_opens_once_and_an_older_one_never_after_it(world: World, person: Person, browser: int) -> None:
    _enrolled(world, person, browser)
    for typed in (_now(world), _now(world, -1)):
        with pytest.raises(WrongFactor):
            _prove(world, person, browser, typed)
    world.clock.advance(seconds=30)
    _prove(world, person, browser, _now(world))
    with pytest.raises(WrongFactor):
        _prove(world, person, browser, _now(world))


def test_it_counts_on_the_browser_that_typed_it_alone(world: World, person: Person, browser: int) -> None:
    _enrolled(world, person, browser)
    other, stranger = _browser(world, person), _browser(world, someone(world, Role.FINANCE))
    world.clock.advance(minutes=1)
    assert not _proven(world, person, other)
    _prove(world, person, stranger, _now(world))  # a number that is another person's marks nothing
    assert not _proven(world, person, other)
    assert world.read(lambda session: live_key(session, world.house.vault, person.id)) is not None


def test_a_recovery_code_opens_once_and_is_written_down(world: World, person: Person, browser: int) -> None:
    codes = _enrolled(world, person, browser)
    other = _browser(world, person)
    _prove(world, person, other, f" {codes[3][:5].lower()}-{codes[3][5:]}")
    assert _proven(world, person, other)
    assert _left(world, person) == 9
    with pytest.raises(WrongFactor):
        _prove(world, person, other, codes[3])
    acts = world.read(lambda session: session.scalars(select(FactorChange.act).order_by(FactorChange.id)).all())
    assert acts == [FactorAct.ENROLLED, FactorAct.RECOVERED]
    fresh = ["FRESHCCDE2"]
    world.run(partial(services.renew_codes, codes=fresh, actor=_actor(person), secret=SECRET, clock=world.clock))
    with pytest.raises(WrongFactor):
        _prove(world, person, other, codes[4])
    _prove(world, person, other, fresh[0])


def test_guessing_ends_soon_and_stays_counted_over_the_day(world: World, person: Person, browser: int) -> None:
    _enrolled(world, person, browser)
    for _ in range(FACTOR_DAY.tries // FACTOR_PERSON.tries):
        world.clock.advance(minutes=16)
        for _ in range(FACTOR_PERSON.tries):
            with pytest.raises(WrongFactor):
                _prove(world, person, browser, "000000" if _now(world) != "000000" else "111111")
        with pytest.raises(TooMany):
            _prove(world, person, browser, _now(world))
    world.clock.advance(minutes=16)
    with pytest.raises(TooMany):
        _prove(world, person, browser, _now(world))
    world.clock.advance(days=1)
    _prove(world, person, browser, _now(world))


def test_another_manager_resets_it_with_a_reason(world: World, person: Person, browser: int) -> None:
    codes = _enrolled(world, person, browser)
    reset = partial(services.reset, code=person.code, clock=world.clock)
    for actor, reason, refusal in (
        (_actor(person), "手机丢了", Forbidden),
        (replace(_actor(person), roles=frozenset({"manager"})), "手机丢了", Invalid),
        (MANAGER, "  ", Invalid),
    ):
        with pytest.raises(refusal):
            world.run(partial(reset, actor=actor, reason=reason))
    assert _proven(world, person, browser)
    world.run(partial(reset, actor=MANAGER, reason="手机丢了，当面认过"))
    assert not _proven(world, person, browser)
    found = world.read(lambda session: factor_of(session, person.id))
    assert (found.is_enrolled, found.codes_left) == (False, 0)
    assert (found.changes[0].act, found.changes[0].reason) == (FactorAct.RESET, "手机丢了，当面认过")
    world.clock.advance(minutes=1)
    for typed in (_now(world), codes[0]):
        with pytest.raises(NotEnrolled):
            _prove(world, person, browser, typed)
    with pytest.raises(NotFound):
        world.run(partial(reset, actor=MANAGER, reason="再来"))


def test_nobody_outside_the_centre_sets_one_up(world: World) -> None:
    buyer = someone(world, Role.BUYER)
    with pytest.raises(Forbidden):
        world.run(partial(services.begin, vault=world.house.vault, key=KEY, actor=_actor(buyer)))


def test_the_vaults_keys_can_be_turned_under_them(world: World, person: Person, browser: int) -> None:
    _enrolled(world, person, browser)
    world.run(partial(services.begin, vault=world.house.vault, key=new_key(), actor=_actor(person)))
    old, new = world.house.settings.vault_keys[0], "a newer key of the vault, long enough"
    assert world.run(lambda session: services.turn_factors(session, Vault([new, old]))) == 2
    assert all(Vault([new]).opens(sealed) for sealed in world.read(sealed_factors))
    found = world.read(lambda session: live_key(session, Vault([new]), person.id))
    assert found is not None
    assert found[0] == KEY
