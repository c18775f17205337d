"""What staff may send, placed by hand: how to come to each form that changes something, or why no version can exist.

The law itself is in `test_versions.py`. A form is found on the page where people find it, so that what it carries is
what they would send.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select, text

from shop.accounts.factors.rules import code_at, step_of
from shop.accounts.factors.services import begin, confirm
from shop.accounts.models import Role
from shop.catalog.models import ListingState
from shop.catalog.own import present
from shop.catalog.questions.services import ask
from shop.catalog.services.listings import revise
from shop.catalog.services.photos import remove_photo
from shop.flows import cards, reconcile, selling, wishes
from shop.flows.shelf import take_down
from shop.kernel import outbox
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.codes import new_token
from shop.notifications.services import wanted
from shop.notifications.topics import SMS
from shop.payments.reconciling import open_differences
from shop.search.misses import Miss
from shop.search.models import SearchMiss
from shop.search.services import Words, note_misses, save_concept
from shop.settings import DEMO_FACTOR_KEY
from shop.town.services import add_holiday
from shop.vendors.delegates import add_delegate
from shop.vendors.joining.models import Part, Proof
from tests.house import lying, settling
from tests.house.ways import Ground, Way
from tests.pages.selling import jpeg
from tests.world.acting import consent
from tests.world.cash import at_the_counter, at_the_door, due, give_back, take, take_at_door, to_hand_back
from tests.world.market import (
    HOUSE,
    STAFF,
    another_vendor,
    receive_all,
    someone,
    variant_id,
)

MANAGER = Actor(user_id=None, label="MANAGER", roles=frozenset({"manager"}))
PIN = "7305"


def _acting(ground: Ground) -> str:
    return f"/staff/vendors/{ground.at.vendor.code}/acting"


def _agree(ground: Ground) -> Way:
    def fields() -> Mapping[str, Any]:
        return {"given_by": "周素珍", "scopes": ["all"], "way": "thumb", "photo": (jpeg(), "p.jpg")}

    return Way(_acting(ground), "记下同意书", fields)


def _add_helper(ground: Ground) -> Way:
    phone = someone(ground.world, Role.BUYER).phone
    return Way(_acting(ground), "添一个帮忙的人", lambda: {"helper-phone": phone})


def _remove_helper(ground: Ground) -> Way:
    world, vendor, person = ground.world, ground.at.vendor, someone(ground.world, Role.BUYER)
    world.run(lambda session: add_delegate(session, vendor.id, person.id, actor=STAFF, clock=world.clock))
    return Way(_acting(ground), f"/delegates/{person.code}/remove")


def _revoke(ground: Ground) -> Way:
    return Way(_acting(ground), f"/consents/{consent(ground.at)}/revoke")


def _judge(ground: Ground, form: str, typed: Mapping[str, Any] | None = None) -> Way:
    hall = ground.hall
    hall.person = someone(ground.world, Role.BUYER)
    code = hall.sent()
    return Way(f"/staff/applications/{code}", f"{code}/{form}", lambda: typed or {})


def _seen(ground: Ground) -> Way:
    hall = ground.hall
    hall.person = someone(ground.world, Role.BUYER)
    code = hall.tell()
    hall.bring(code, Proof.OWN_WORK)
    hall.send(code)
    return Way(f"/staff/applications/{code}", f"/seen/{Proof.OWN_WORK}")


def _issue(ground: Ground) -> Way:
    person = ground.holder()
    return Way(f"/staff/cards/{person.code}/issue", "发卡", lambda: {"pin": PIN, "again": PIN})


def _stop(ground: Ground) -> Way:
    person, clock = ground.holder(), ground.world.clock
    give = partial(cards.issue, person_code=person.code, token=new_token(), pin=PIN, actor=STAFF, clock=clock)
    ground.world.run(give)
    return Way(f"/staff/cards/{person.code}", "/stop")


def _review(ground: Ground, form: str, **typed: Any) -> Way:
    code = ground.goods(state=ListingState.IN_REVIEW).code
    return Way("/staff/reviews", f"{code}/{form}", lambda: {f"{code}-{name}": value for name, value in typed.items()})


def _change(ground: Ground, form: str, **typed: Any) -> Way:
    code, clock = ground.goods().code, ground.world.clock
    now = ground.world.read(lambda session: present(session, code))
    changed = replace(now.offer, title="山里的鸡蛋")
    ask_for = partial(revise, version=now.version, actor=HOUSE, clock=clock)
    ground.world.run(lambda session: ask_for(session, now.vendor_id, code, changed))
    return Way("/staff/reviews", f"{code}/{form}", lambda: {f"{code}-{name}": value for name, value in typed.items()})


def _edit(ground: Ground) -> Way:
    address = f"/staff/goods/{ground.goods().code}/edit"
    return Way(address, address, lambda: {"price": "51"})


def _take_down(ground: Ground) -> Way:
    address = f"/staff/goods/{ground.goods().code}"
    return Way(address, "/take-down", lambda: {"reason": "蛋不新鲜"})


def _put_up(ground: Ground) -> Way:
    code, clock = ground.goods().code, ground.world.clock
    ground.world.run(lambda session: take_down(session, code, "蛋不新鲜", actor=STAFF, clock=clock))
    return Way(f"/staff/goods/{code}", "/put-up")


def _photos(ground: Ground, form: str, photos: int, fields: Callable[[], Mapping[str, Any]] = dict) -> Way:
    address = f"/staff/goods/{ground.goods(photos=photos).code}/photos"
    return Way(address, form, fields)


def _restore(ground: Ground) -> Way:
    made, clock = ground.goods(photos=1), ground.world.clock
    drop = partial(remove_photo, vendor_id=ground.at.vendor.id, code=made.code, key=ground.photos[-1])
    ground.world.run(lambda session: drop(session, actor=HOUSE, clock=clock))
    return Way(f"/staff/goods/{made.code}/photos", "/restore")


def _question(ground: Ground, form: str, **typed: str) -> Way:
    world, code = ground.world, ground.goods().code
    key, phone = f"key-{world.number()}", world.phone()
    put = partial(ask, listing_code=code, text="是散养的吗", key=key, phone=phone, actor=VISITOR, clock=world.clock)
    asked = world.run(lambda session: put(session).code)
    return Way(f"/staff/questions/{asked}", form, lambda: typed)


def _hand_over(ground: Ground) -> Way:
    made = at_the_counter(ground.at, {variant_id(ground.at, ground.goods()): 1})
    return Way(f"/staff/counter?code={made.code}", "hand-over")


def _hand_back(ground: Ground) -> Way:
    made = at_the_counter(ground.at, {variant_id(ground.at, ground.goods()): 1})
    take(ground.at, due(ground.at, made.code))
    give_back(ground.at, made.code, 1800)
    return Way("/staff/counter", f"/refunds/{to_hand_back(ground.at)[-1].code}")


def _hand_in(ground: Ground) -> Way:
    made, _waybill = at_the_door(ground.at, {variant_id(ground.at, ground.goods()): 1})
    take_at_door(ground.at, due(ground.at, made.code))
    return Way("/staff/counter", "收进柜台", lambda: {"amount": "20"})


def _retry(ground: Ground) -> Way:
    world, ask_for = ground.world, partial(wanted, template="order_cancelled", phone=ground.world.phone())
    message = world.run(lambda session: ask_for(session, values={"code": "ABCD2345"}, clock=world.clock))
    for _ in range(outbox.MAX_ATTEMPTS):
        outbox.deliver(world.edge, {SMS: _fail}, message, clock=world.clock)
        world.clock.advance(hours=2)
    return Way("/staff/jobs", f"/messages/{message}/retry")


def _fail(_message_id: int, _facts: Mapping[str, Any]) -> None:
    raise ConnectionError


def _paper(ground: Ground) -> Way:
    address = f"/staff/papers/{ground.at.vendor.code}"
    return Way(address, address, lambda: {"kind": "workshop_filing", "number": "川坊 1", "until": "2027-05-31"})


def _difference(ground: Ground) -> Way:
    world, gateways = ground.world, ground.world.house.gateways
    ground.order()
    world.run(lambda session: session.execute(text("UPDATE demo_charge SET state = 'open'")))
    reconcile.reconcile_all(world.edge, gateways, clock=world.clock)
    (one,) = world.read(open_differences)
    return Way("/staff/reconciliation", f"/difference/{one.id}", lambda: {f"difference-{one.id}-note": "银行查过"})


def _reset_factor(ground: Ground) -> Way:
    world, person = ground.world, someone(ground.world, Role.FINANCE)
    actor = Actor(user_id=person.id, label=person.code, roles=person.roles)
    world.run(partial(begin, vault=world.house.vault, key=DEMO_FACTOR_KEY, actor=actor))
    typed = code_at(DEMO_FACTOR_KEY, step_of(world.clock()))
    confirm(world.edge, world.house.vault, actor=actor, sign_in_id=0, typed=typed, secret="s", clock=world.clock)
    return Way(f"/staff/people/{person.code}", "reset", lambda: {"reset-reason": "手机丢了"})


def _roles(ground: Ground) -> Way:
    address = f"/staff/people/{someone(ground.world, Role.BUYER).code}"
    told = {"act": "give:packer", "reason": "来帮忙打包"}
    return Way(address, address, lambda: told, history="role_change")


def _refund(ground: Ground) -> Way:
    address = f"/staff/orders/{ground.order()}/refund"
    return Way(f"{address}?way=amount&n=5", "give", lambda: {"note": "补差价"}, history="ledger_entry")


def _wish(ground: Ground) -> Way:
    code, clock = ground.order(), ground.world.clock
    receive_all(ground.at, code)
    ground.world.run(lambda session: wishes.ask_cancel(session, code, reason="临时出门", clock=clock))
    fields = {"words": "已经装箱了"}
    return Way("/staff/wishes", f"{code}/wish", lambda: fields, press="不能取消", history="cancel_wish")


def _miss(ground: Ground, form: str, **typed: str) -> Way:
    world, words = ground.world, f"柏香吊吊{'甲乙丙丁'[ground.world.number() % 4]}"
    world.run(lambda session: note_misses(session, [Miss(words, "")], clock=world.clock))
    miss = world.read(lambda session: session.scalars(select(SearchMiss.id).where(SearchMiss.text == words)).one())
    return Way("/staff/words", f"/misses/{miss}/{form}", lambda: {f"miss{miss}-{k}": v for k, v in typed.items()})


def _concept(ground: Ground) -> str:
    return "/staff/words/concepts/cured-pork"


def _remove_word(ground: Ground) -> Way:
    added, clock = Words(chinese=("吊吊肉",)), ground.world.clock
    ground.world.run(lambda session: save_concept(session, "cured-pork", added, actor=STAFF, clock=clock))
    return Way(_concept(ground), f"{_concept(ground)}/remove")


def _closing(ground: Ground) -> Way:
    ground.world.run(lambda session: add_holiday(session, date(2026, 12, 30), "年底盘点", actor=MANAGER))
    return Way("/staff/town", "/2026-12-30/remove")


def _village(ground: Ground) -> Way:
    address = f"/staff/town/villages/{ground.hall.village()}"
    return Way(address, "village", lambda: {"aliases": "大湾、湾里"})


def _vendor(ground: Ground, form: str, *, first: tuple[str, ...] = (), **typed: str) -> Way:
    code, clock = another_vendor(ground.world).code, ground.world.clock
    for act in first:
        ground.world.run(partial(DECIDED[act], code=code, actor=MANAGER, clock=clock))
    return Way(f"/staff/vendors/{code}", f"/{form}", lambda: {f"{form}-{name}": value for name, value in typed.items()})


DECIDED: Mapping[str, Callable[..., Any]] = {
    "suspend": partial(selling.suspend, reason="在查"),
    "leave": partial(selling.announce_leaving, reason="搬走了"),
}
SHELF = "/staff/shelves/poultry-eggs"


def _close_account(ground: Ground) -> Way:
    page = f"/staff/rights/{someone(ground.world, Role.BUYER).code}"
    return Way(page, f"{page}/close", lambda: {"reason": "看了身份证"})


VERSIONED: Mapping[str, Callable[[Ground], Way]] = {
    "staff_acting.acting": _agree,
    "staff_acting.add_helper": _add_helper,
    "staff_acting.remove_helper": _remove_helper,
    "staff_acting.revoke": _revoke,
    "staff_applications.approve": partial(_judge, form="approve"),
    "staff_applications.refuse": partial(_judge, form="refuse", typed={"refuse-reason": "不在本镇"}),
    "staff_applications.seen": _seen,
    "staff_applications.send_back": partial(
        _judge, form="send-back", typed={"back-parts": [Part.PAPERS.value], "back-reason": "照片不清楚"}
    ),
    "staff_cards.issue": _issue,
    "staff_cards.stop": _stop,
    "staff_catalog.answer_question": partial(_question, form="/answer", answer="是散养的。"),
    "staff_catalog.approve": partial(_change, form="approve"),
    "staff_catalog.decline": partial(_change, form="decline", reason="名字不对"),
    "staff_catalog.edit": _edit,
    "staff_catalog.give_back": partial(_review, form="give-back", reason="照片太暗"),
    "staff_catalog.hide_question": partial(_question, form="/hide", why="广告法第九条"),
    "staff_catalog.move_photo": partial(_photos, form="往前放", photos=2),
    "staff_catalog.photos": partial(
        _photos, form="photo-form", photos=1, fields=lambda: {"photo": (jpeg(seed=40), "p.jpg")}
    ),
    "staff_catalog.publish": partial(_review, form="publish"),
    "staff_catalog.put_up": _put_up,
    "staff_catalog.remove_photo": partial(_photos, form="/remove", photos=1),
    "staff_catalog.restore_photo": _restore,
    "staff_catalog.take_down": _take_down,
    "staff_counter.count": lying.count,
    "staff_counter.hand_back": _hand_back,
    "staff_counter.hand_in": _hand_in,
    "staff_counter.hand_over": _hand_over,
    "staff_counter.unwanted": lying.unwanted,
    "staff_notifications.retry": _retry,
    "staff_papers.paper": _paper,
    "staff_payments.settle": _difference,
    "staff_payouts.again": settling.again,
    "staff_payouts.agree": settling.agree,
    "staff_payouts.cash": settling.cash,
    "staff_payouts.mark_failed": settling.mark_failed,
    "staff_payouts.mark_handed": settling.mark_handed,
    "staff_payouts.mark_paid": settling.mark_paid,
    "staff_payouts.send": settling.send,
    "staff_people.change": _roles,
    "staff_people.reset_factor": _reset_factor,
    "staff_rights.close_account": _close_account,
    "staff_refunds.give": _refund,
    "staff_search.concept": lambda ground: Way(_concept(ground), "添上", lambda: {"chinese": "挂挂肉"}),
    "staff_search.handled": partial(_miss, form="handled"),
    "staff_search.name": partial(_miss, form="name", of="腊肉"),
    "staff_search.remove": _remove_word,
    "staff_shelves.change": lambda _ground: Way(SHELF, "shelf", lambda: {"hint": "鸡蛋鸭蛋鹅蛋"}),
    "staff_town.add_holiday": lambda _ground: Way(
        "/staff/town", "加上这天", lambda: {"on": "2026-12-31", "occasion": "过年"}
    ),
    "staff_town.edit": lambda _ground: Way("/staff/town", "town", lambda: {"slogan": "山里来的好货"}),
    "staff_town.remove_holiday": _closing,
    "staff_town.village": _village,
    "staff_vendors.leave": partial(_vendor, form="leave", reason="搬走了"),
    "staff_vendors.restore": partial(_vendor, form="restore", first=("suspend",)),
    "staff_vendors.stay": partial(_vendor, form="stay", first=("leave",)),
    "staff_vendors.suspend": partial(_vendor, form="suspend", reason="在查"),
    "staff_wishes.answer": _wish,
}
"""Forms that act on something that is there: they carry the version their page showed."""

NEW: Mapping[str, str] = {
    "staff_articles.new": "a new article, once for its key",
    "staff_acting.end": "changes nothing kept: this browser only stops showing a household's pages",
    "staff_acting.look_at_photo": "a look: each one is a row of its own",
    "staff_acting.start": "changes nothing kept: this browser only opens a household's pages; each act there is noted",
    "driver.start": "a look: who starts the day's run is written down for each order on it",
    "staff_consignments.choose_envelope_size": "changes nothing kept but the size of the next envelope",
    "staff_consignments.look_at_door": "a look: each one is a row of its own",
    "staff_consignments.coming": "a new consignment",
    "staff_consignments.letter": "a new consignment",
    "staff_factor.begin": "a key that opens nothing until a code of it is typed",
    "staff_factor.kept": "changes nothing kept: this browser only stops showing recovery codes",
    "staff_factor.prove": "a code opens once, whatever was shown",
    "staff_factor.renew": "new recovery codes, shown once",
    "staff_factor.set_up": "a code of the key that waits; typed again, it is set up already",
    "staff_fulfilment.choose_label_size": "changes nothing kept but the size of the next label",
    "staff_fulfilment.keep_hand_over_photo": "a new photo",
    "staff_fulfilment.look_at_box": "a look: each one is a row of its own",
    "staff_fulfilment.look_at_hand_over": "a look: each one is a row of its own",
    "staff_fulfilment.look_at_photo": "a look: each one is a row of its own",
    "staff_fulfilment.new_run": "a new run, once for its key",
    "staff_claims.look": "a look: each one is a row of its own",
    "staff_fulfilment.scan": "a search, sent as a form so that no card's code stays in an address",
    "staff_fulfilment.show_demand": "a look: each one is a row of its own, with its reason",
    "staff_imports.start": "a new list; the same file sent again is the same import, by its digest",
    "staff_income.export": "a file to take: each time is a row of its own",
    "staff_invoices.look": "a look: each one is a row of its own",
    "staff_orders.show": "a look: each one is a row of its own, with its reason",
    "staff_paper_photos.photo_for_a_reason": "a look: each one is a row of its own, with its reason",
    "staff_rights.file": "changes nothing but the row that says who took it and why",
    "staff_rights.find": "a search, sent as a form so that no phone number stays in an address",
    "staff_people.find": "a search, sent as a form so that no phone number stays in an address",
    "staff_payouts.draft_run": "a new settlement; one that is drafted for the next pay day already is that one",
    "staff_payouts.file": "a look at accounts: each one is a row of its own, with its reason; the file is the answer",
    "staff_payouts.look": "a look: each one is a row of its own",
    "staff_payouts.move_money": "a new transfer, once for its number",
    "staff_search.new": "a new concept; a name that is there already is refused",
    "staff_shelves.add": "a new shelf; a code that is there already is refused",
    "staff_town.add_village": "a new village; a name that is there already is refused",
}
"""Forms that make something new, or change nothing that is kept: there is no version they could have seen."""

BY_STATE: Mapping[str, str] = {
    "staff_fulfilment.give_up_demand": "compares how many units the page said nobody has; tests/pages/test_demand.py",
    "staff_fulfilment.share_demand": "compares how many units the page said wait; tests/pages/test_demand.py",
    "staff_fulfilment.tell_buyers": "needs none: whoever was not written to yet is, once a lot, whatever was shown",
}
"""Forms that are judged by how the thing stands by then, and are not sent here: why, or where they are tested."""
