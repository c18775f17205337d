"""Joining as a whole: what has to be shown, sending, judging, and what an approval makes."""

import sqlite3
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from shop.accounts.models import Role
from shop.accounts.queries import person_by_phone
from shop.flows import joining
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from shop.media.models import PrivatePhoto
from shop.notifications.models import Delivery
from shop.vendors.joining import papers, services
from shop.vendors.joining.models import Application, ApplicationState, PaperLook, Part, PayoutAccount, PayWay, Proof
from shop.vendors.joining.queries import application_by_code, licence_of, passages_of, payout_changes, payout_of
from shop.vendors.joining.rules import Need
from shop.vendors.models import Member, MemberRole, PaperKind, Standing, Vendor
from shop.vendors.queries import VendorFacts, papers_of, vendor_by_code
from tests.world import World
from tests.world.joining import CARD, LICENCE, REVIEWER, Hall, actor_of, hall
from tests.world.market import someone

FILING = "川坊 510182 0001"


@pytest.fixture
def at(world: World) -> Hall:
    return hall(world)


def vendor_of(at: Hall, code: str) -> VendorFacts:
    found = at.world.read(lambda session: vendor_by_code(session, code))
    assert found is not None
    return found


def told(at: Hall) -> list[str]:
    at.world.deliver()
    return at.world.read(
        lambda session: list(
            session.scalars(select(Delivery.template).where(Delivery.phone == at.person.phone).order_by(Delivery.id))
        )
    )


def test_what_has_to_be_shown_follows_from_standing_and_goods(at: Hall) -> None:
    def asked(standing: Standing, *goods: str) -> tuple[Need, ...]:
        return at.world.read(lambda session: joining.needs_of(session, standing, goods))

    cured = Need((Proof.WORKSHOP_FILING, Proof.FOOD_LICENCE), ("腊味",))
    assert asked(Standing.SELF_PRODUCED, "poultry-eggs") == (Need((Proof.OWN_WORK,)),)
    assert asked(Standing.HANDICRAFT, "poultry-eggs", "cured-meat") == (Need((Proof.OWN_WORK,)), cured)
    for standing in (Standing.REGISTERED, Standing.COOPERATIVE, Standing.COLLECTIVE):
        assert asked(standing, "cured-meat") == (Need((Proof.REGISTRATION,)), cured)
    assert asked(Standing.REGISTERED, "no-such-shelf") == (Need((Proof.REGISTRATION,)),)


def test_an_approval_makes_vendor_member_role_papers_and_payout_account(at: Hall) -> None:
    code = at.tell(standing=Standing.REGISTERED, goods=("cured-meat", "poultry-eggs"))
    at.show(code, Proof.REGISTRATION, number=LICENCE.lower())
    at.show(code, Proof.WORKSHOP_FILING, number=FILING, until=at.today(400))
    at.send(code)
    vendor_code = at.approve(code)

    vendor = vendor_of(at, vendor_code)
    told_as = select(Vendor.name, Vendor.person, Vendor.phone).where(Vendor.id == vendor.id)
    assert at.world.read(lambda session: tuple(session.execute(told_as).one())) == (
        "大湾杨秀英家",
        "杨秀英",
        at.person.phone,
    )
    assert vendor.standing is Standing.REGISTERED
    role = at.world.read(lambda session: session.get_one(Member, (vendor.id, at.person.id)).role)
    assert role is MemberRole.OWNER
    (paper,) = at.world.read(lambda session: papers_of(session, [vendor.id]))[vendor.id]
    assert (paper.kind, paper.number, paper.until) == (PaperKind.WORKSHOP_FILING, FILING, at.today(400))
    assert at.world.read(lambda session: licence_of(session, vendor.id)) == LICENCE
    account = at.world.read(lambda session: payout_of(session, vendor.id))
    assert account is not None
    assert (account.way, account.tail) == (PayWay.BANK, CARD[-4:])
    (change,) = at.world.read(lambda session: payout_changes(session, vendor.id))
    assert change.actor == "REVIEWER"
    facts = at.application()
    assert (facts.state, facts.vendor_id) == (ApplicationState.APPROVED, vendor.id)
    steps = at.world.read(lambda session: passages_of(session, facts.id))
    assert [(step.to, step.actor) for step in steps] == [
        (ApplicationState.APPLIED, at.person.code),
        (ApplicationState.APPROVED, "REVIEWER"),
    ]
    kept = at.world.read(lambda session: session.scalars(select(Application.pay_secret)).one())
    assert kept == "", "a decided application keeps no copy of the account"
    assert told(at) == ["application_received", "application_approved"]
    person = at.world.read(lambda session: person_by_phone(session, at.person.phone))
    assert person is not None
    assert Role.VENDOR in person.roles


def test_no_account_number_stands_in_the_database(at: Hall) -> None:
    code = at.tell()
    at.show(code, Proof.OWN_WORK)
    at.send(code)
    at.approve(code)
    sealed = at.world.read(lambda session: session.scalars(select(PayoutAccount.secret)).one())
    assert CARD in at.world.house.vault.open(sealed)
    engine = at.world.edge.engine
    if engine.dialect.name != "sqlite":
        return
    file = Path(str(engine.url.database))
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = b"".join(path.read_bytes() for path in file.parent.glob(file.name + "*"))
    assert "大湾杨秀英家".encode() in raw, "the control: what is not sealed is found"
    assert CARD.encode() not in raw
    assert "农业银行".encode() not in raw


def test_nothing_is_sent_while_something_is_lacking(at: Hall) -> None:
    code = at.begin()
    with pytest.raises(Invalid) as error:
        at.send(code)
    assert error.value == Invalid("who", "missing")
    code = at.tell(goods=("cured-meat",))
    at.show(code, Proof.OWN_WORK)
    with pytest.raises(Invalid) as error:
        at.send(code)
    assert error.value == Invalid("papers", "missing")
    assert told(at) == []


def test_a_paper_that_is_brought_has_to_be_seen_before_the_approval(at: Hall) -> None:
    code = at.tell(goods=("cured-meat",))
    at.show(code, Proof.OWN_WORK)
    at.bring(code, Proof.FOOD_LICENCE)
    at.send(code)
    bring = at.world.read(lambda session: joining.to_bring(session, at.application()))
    assert [need.goods for need in bring] == [("腊味",)]
    with pytest.raises(Invalid) as error:
        at.approve(code)
    assert error.value == Invalid("papers", "missing")
    see = partial(papers.see_paper, code=code, proof=Proof.FOOD_LICENCE, number="SC10151018200001")
    with pytest.raises(Forbidden):
        at.world.run(partial(see, until=at.today(30), actor=at.actor, clock=at.world.clock))
    with pytest.raises(Invalid):
        at.world.run(partial(see, until=at.today(-1), actor=REVIEWER, clock=at.world.clock))
    at.world.run(partial(see, until=at.today(30), actor=REVIEWER, clock=at.world.clock))
    at.approve(code)
    assert at.application().state is ApplicationState.APPROVED


def test_a_permit_that_ended_meanwhile_is_not_approved(at: Hall) -> None:
    code = at.tell(goods=("cured-meat",))
    at.show(code, Proof.OWN_WORK)
    at.show(code, Proof.WORKSHOP_FILING, number=FILING, until=at.today(2))
    at.send(code)
    at.world.clock.advance(days=3)
    with pytest.raises(Invalid) as error:
        at.approve(code)
    assert error.value == Invalid("papers", "ended")


def test_what_is_sent_back_opens_its_parts_and_no_others(at: Hall) -> None:
    code = at.sent()
    back = partial(joining.send_back, code=code, version=at.application().version, actor=REVIEWER)
    back = partial(back, clock=at.world.clock)
    for parts, reason, field in (
        ((), "名字不对", "parts"),
        ((Part.WHO,), "  ", "reason"),
        ((Part.WHO,), "长" * 121, "reason"),
    ):
        with pytest.raises(Invalid) as error:
            at.world.run(partial(back, parts=parts, reason=reason))
        assert error.value.field == field
    at.world.run(partial(back, parts=(Part.STANDING,), reason="看着像手工活"))
    facts = at.application()
    assert (facts.state, facts.fixing, facts.reason) == (
        ApplicationState.NEEDS_FIXING,
        (Part.STANDING,),
        "看着像手工活",
    )
    with pytest.raises(WrongState):
        at.world.run(
            partial(services.save_who, code=code, name="别家", person="别人", actor=at.actor, clock=at.world.clock)
        )
    at.world.run(
        partial(services.save_standing, code=code, standing=Standing.REGISTERED, actor=at.actor, clock=at.world.clock)
    )
    assert set(at.application().fixing) == {Part.STANDING, Part.PAPERS}, "another standing asks for other papers"
    with pytest.raises(Invalid):
        at.send(code)
    at.show(code, Proof.REGISTRATION, number=LICENCE)
    at.send(code)
    facts = at.application()
    assert facts.state is ApplicationState.APPLIED
    assert [paper.proof for paper in facts.papers] == [Proof.REGISTRATION], "what nothing asks for any more is gone"
    left = at.world.read(lambda session: set(session.scalars(select(PrivatePhoto.key))))
    assert left == {paper.photo_key for paper in facts.papers}
    assert told(at) == ["application_received", "application_fixing", "application_received"]


def test_a_refusal_forgets_the_account_and_the_next_application_is_new(at: Hall) -> None:
    code = at.sent()
    refuse = partial(joining.refuse, code=code, version=at.application().version, actor=REVIEWER, clock=at.world.clock)
    with pytest.raises(Invalid):
        at.world.run(partial(refuse, reason=""))
    at.world.run(partial(refuse, reason="不住在镇上"))
    assert at.application().state is ApplicationState.REFUSED
    assert at.world.read(lambda session: session.scalars(select(Application.pay_secret)).one()) == ""
    with pytest.raises(WrongState):
        at.approve(code)
    assert told(at) == ["application_received", "application_refused"]
    assert at.begin() != code


def test_only_the_centre_judges_and_nobody_judges_their_own(at: Hall) -> None:
    code = at.sent()
    own = Actor(user_id=at.person.id, label=at.person.code, roles=frozenset({"manager"}))
    for actor in (VISITOR, at.actor, own, actor_of(someone(at.world, Role.DRIVER))):
        with pytest.raises(Forbidden):
            at.approve(code, actor=actor)
    assert at.application().state is ApplicationState.APPLIED


def test_what_was_changed_since_is_not_judged_and_not_sent(at: Hall) -> None:
    code = at.tell()
    at.show(code, Proof.OWN_WORK)
    seen = at.application().version
    at.world.run(partial(services.save_goods, code=code, goods=("cured-meat",), actor=at.actor, clock=at.world.clock))
    with pytest.raises(Stale):
        at.world.run(partial(joining.send, code=code, version=seen, actor=at.actor, clock=at.world.clock))
    at.world.run(partial(services.save_goods, code=code, goods=("poultry-eggs",), actor=at.actor, clock=at.world.clock))
    at.send(code)
    version = at.application().version
    again = partial(joining.send, code=code, version=version - 1, actor=at.actor, clock=at.world.clock)
    assert at.world.run(again) == []
    assert at.application().version == version, "sent twice, it is sent once"
    stale = partial(joining.approve, code=code, version=version - 1, actor=REVIEWER, clock=at.world.clock)
    with pytest.raises(Stale):
        at.world.run(stale)
    assert told(at) == ["application_received"]


def test_an_application_is_its_applicants_own(at: Hall) -> None:
    code = at.tell()
    other = actor_of(someone(at.world, Role.BUYER))
    acts = (
        partial(services.save_who, name="别家", person="别人"),
        partial(services.save_village, village_code=at.village()),
        partial(services.save_standing, standing=Standing.REGISTERED),
        partial(services.save_goods, goods=("poultry-eggs",)),
        partial(papers.bring_paper, proof=Proof.OWN_WORK),
        partial(joining.send, version=1),
    )
    for act in acts:
        for actor in (other, VISITOR):
            with pytest.raises(NotFound):
                at.world.run(partial(act, code=code, actor=actor, clock=at.world.clock))
    with pytest.raises(NotFound):
        at.world.read(lambda session: application_by_code(session, code)), "a draft is nobody else's business"
    assert at.begin() == code, "begun twice, it is one"


def test_another_standing_opens_its_own_part_only_and_changes_the_vendor(at: Hall) -> None:
    vendor_code = at.approve(at.sent())
    vendor = vendor_of(at, vendor_code)
    begin = partial(services.begin_standing, vendor_id=vendor.id, actor=at.actor, clock=at.world.clock)
    code = at.world.run(lambda session: begin(session).code)
    with pytest.raises(WrongState):
        at.world.run(
            partial(services.save_who, code=code, name="别家", person="别人", actor=at.actor, clock=at.world.clock)
        )
    change = partial(services.save_standing, code=code, standing=Standing.COOPERATIVE, actor=at.actor)
    at.world.run(partial(change, clock=at.world.clock))
    at.world.run(partial(services.save_goods, code=code, goods=("cured-meat",), actor=at.actor, clock=at.world.clock))
    at.show(code, Proof.REGISTRATION, number=LICENCE)
    at.show(code, Proof.FOOD_LICENCE, number="SC1", until=at.today(90))
    at.send(code)
    assert vendor_of(at, vendor_code).standing is Standing.SELF_PRODUCED
    assert at.approve(code) == vendor_code
    after = vendor_of(at, vendor_code)
    assert (after.standing, after.name) == (Standing.COOPERATIVE, vendor.name)
    assert at.world.read(lambda session: licence_of(session, vendor.id)) == LICENCE
    assert len(at.world.read(lambda session: payout_changes(session, vendor.id))) == 1, "the account is left alone"
    members = select(Member.user_id).where(Member.vendor_id == vendor.id)
    assert at.world.read(lambda session: list(session.scalars(members))) == [at.person.id]


def test_a_look_at_a_photo_is_written_down_with_its_reason(at: Hall) -> None:
    code = at.tell()
    at.show(code, Proof.OWN_WORK)
    look = partial(papers.look_at_photo, code=code, proof=Proof.OWN_WORK, clock=at.world.clock)
    with pytest.raises(NotFound):
        at.world.run(partial(look, reason="", actor=REVIEWER))
    at.send(code)
    with pytest.raises(Forbidden):
        at.world.run(partial(look, reason="想看", actor=at.actor))
    key = at.world.run(partial(look, reason="", actor=REVIEWER))
    assert key == at.application().papers[0].photo_key
    at.approve(code)
    with pytest.raises(Invalid):
        at.world.run(partial(look, reason=" ", actor=REVIEWER))
    at.world.run(partial(look, reason="抽查", actor=REVIEWER))
    looks = select(PaperLook.actor, PaperLook.reason).order_by(PaperLook.id)
    assert at.world.read(lambda session: [tuple(row) for row in session.execute(looks)]) == [
        ("REVIEWER", "review"),
        ("REVIEWER", "抽查"),
    ]
