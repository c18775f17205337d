"""What the centre did is told in one message that can be read, and the end of a consent in good time."""

from collections.abc import Sequence
from functools import partial

import pytest
from sqlalchemy import select

from shop.flows.readback import in_short, remind_due
from shop.notifications.models import Delivery
from shop.vendors.acts.consents import revoke_consent
from shop.vendors.acts.models import ConsentScope
from shop.vendors.models import VendorState
from tests.world import World
from tests.world.acting import consent
from tests.world.market import STAFF, Market, market

GOODS, ALL = ConsentScope.GOODS, ConsentScope.ALL


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market(world)


def reminded(at: Market, days: int) -> list[str]:
    """Let so many days go by, looking every half a day, and return what was told."""
    for _half in range(2 * days):
        at.world.clock.advance(hours=12)
        remind_due(at.world.edge, clock=at.world.clock)
    at.world.deliver()
    wanted = select(Delivery.text).where(Delivery.template == "consent_ends", Delivery.phone == at.vendor.phone)
    return list(at.world.read(lambda session: session.scalars(wanted.order_by(Delivery.id)).all()))


def test_a_vendor_is_told_a_week_and_a_day_before_a_consent_ends(at: Market) -> None:
    consent(at, days=30)
    assert reminded(at, 22) == []
    told = reminded(at, 2)
    assert ["来再签一张" in text for text in told] == [True]
    assert len(reminded(at, 4)) == 1
    assert len(reminded(at, 4)) == 2


@pytest.mark.parametrize(
    ("longer", "times"), [([ALL], 0), ([GOODS], 0), ([ConsentScope.STOCK], 2)], ids=["all", "same", "other"]
)
def test_a_consent_that_another_outlasts_is_not_told_of(at: Market, longer: Sequence[ConsentScope], times: int) -> None:
    consent(at, scopes=[GOODS], days=10)
    consent(at, scopes=longer, days=60)
    assert len(reminded(at, 12)) == times


def test_nothing_is_told_of_what_was_revoked_or_of_who_does_not_sell_or_at_night(at: Market) -> None:
    code = consent(at, days=20)
    consent(at, days=3)
    at.world.clock.advance(hours=12)
    remind_due(at.world.edge, clock=at.world.clock)
    at.world.clock.advance(hours=-12)
    assert len(reminded(at, 2)) == 0, "a longer one counts, and before that it was night"
    at.world.run(partial(revoke_consent, vendor_id=at.vendor.id, code=code, actor=STAFF, clock=at.world.clock))
    assert len(reminded(at, 1)) == 1, "of a consent for three days only its last days are told"
    with at.world.edge.transaction() as session:
        session.get_one(type(at.vendor), at.vendor.id).state = VendorState.SUSPENDED
    consent(at, days=8)
    assert len(reminded(at, 8)) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("林下土鸡蛋：先不卖了。想卖再点", "林下土鸡蛋：先不卖了"),
        ("龙门山小鱼洞高山老品种黄心土豆五斤装：改了说法、价钱", "龙门山小鱼洞高山老品种…：改了说法、价钱"),
        ("很长很长很长的名字：还有 9 盒、还有 12 袋、还有 3.5 斤", "很长很长…：还有 9 盒、还有 12 …"),
        ("让何小妹帮您看摊位", "让何小妹帮您看摊位"),
    ],
)
def test_a_long_name_is_cut_and_not_what_was_done(words: str, told: str) -> None:
    assert in_short(words) == told
    assert len(told) <= 20
