"""What the house keeps of whoever is signed in: seen, taken along, put right, and closed."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from shop.accounts import entry
from shop.accounts.correcting import correct
from shop.accounts.forms import NameForm, NewPhoneForm, ProveForm
from shop.accounts.news import ChoiceFacts, choices_of, choose_news, wants_news
from shop.accounts.queries import Person, has_password
from shop.accounts.rules import WrongCode, WrongCredentials
from shop.accounts.topics import ENTRY_CODE
from shop.accounts.views.addresses import bp, posts_limited
from shop.accounts.views.data_file import file_of, tables_of
from shop.accounts.views.data_words import SUBJECT_WORDS, obstacle_lines
from shop.flows.rights.closing import close
from shop.flows.rights.gathering import Table
from shop.flows.rights.obstacles import Kind, Obstacle, StillOpen, obstacles
from shop.kernel.errors import Invalid, TooMany
from shop.media.private import drop_private
from shop.web.demo_codes import sms_code
from shop.web.entering import again, asking, too_many
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, current_person, edge, house, reading
from shop.web.i18n import _, reader
from shop.web.login import forget
from shop.web.shell import say
from shop.web.words import town_time

NEW_PHONE = "new_phone"
"""Cookie key: the number a code was sent to, so that it stands in no address."""

MOST_SAID = 6
"""Words on hearing news that the page shows."""


@dataclass(frozen=True)
class Subject:
    """One subject of what is kept, and where it is put right."""

    title: str
    about: str
    count: int
    href: str | None
    way: str


def _person() -> Person:
    person = current_person()
    assert person is not None, "the blueprint lets nobody else in"
    return person


def _subject(table: Table) -> Subject:
    title, about = SUBJECT_WORDS[table.key]
    ways: dict[str, tuple[str, str]] = {
        "account": (_("改名字、换号码"), url_for("buyer_accounts.name")),
        "addresses": (_("改地址"), url_for("buyer_accounts.addresses")),
        "sign_ins": (_("看一看、退出"), url_for("buyer_accounts.sign_ins")),
        "orders": (_("看订单"), url_for("buyer_orders.orders")),
    }
    way, href = ways.get(table.key, ("", None))
    return Subject(str(title), str(about), len(table.rows), href, way)


@bp.get("/me/data")
def data() -> ResponseReturnValue:
    """Show what is kept of a person, subject by subject, and what they may do about it."""
    person = _person()
    subjects = [_subject(table) for table in tables_of(person) if table.rows]
    return render_template(
        "accounts/data.html",
        subjects=subjects,
        wants_news=wants_news(reading(), person.id),
        choices=[(town_time(one.at), _said(one)) for one in choices_of(reading(), person.id)[:MOST_SAID]],
        fade_days=house().settings.fade_days,
        keep_months=house().settings.keep_months,
    )


def _said(one: ChoiceFacts) -> str:
    return _("想听") if one.is_wanted else _("不想听")


@bp.post("/me/data/news")
@posts_limited
def choose() -> ResponseReturnValue:
    """Write down whether a person wants to hear of goods and seasons."""
    EmptyForm.from_request()
    is_wanted, person, actor, clock = request.form.get("wanted") == "yes", _person(), current_actor(), house().clock
    edge().run(lambda session: choose_news(session, person.id, is_wanted=is_wanted, actor=actor, clock=clock))
    say("good", _("记下了，有时令消息会告诉您。") if is_wanted else _("记下了，不再发时令消息。"))
    return redirect(url_for("buyer_accounts.data", _anchor="news"), 303)


@bp.post("/me/data/code")
@posts_limited
def data_code() -> ResponseReturnValue:
    """Send a code to the person's own phone, then lead back to where it is asked for."""
    EmptyForm.from_request()
    to = "buyer_accounts.close_me" if request.form.get("to") == "close" else "buyer_accounts.take_data"
    try:
        entry.ask_entry_code(edge(), phone=_person().phone, language=reader(), **asking())
    except TooMany as error:
        say("mind", _("试的次数太多了，%(n)d 分钟后再来。", n=-(-error.retry_s // 60)))
    else:
        say("info", _("验证码一会儿就到，10 分钟内有效。"))
    return redirect(url_for(to, by="code"), 303)


def _by_code(person: Person) -> bool:
    return request.args.get("by") == "code" or not has_password(reading(), person.id)


def _proven(form: ProveForm, person: Person) -> int | None:
    """Check the password or the code; what is wrong stands in the form then. Return the seconds to wait, if any."""
    by_code = _by_code(person)
    field = form.code if by_code else form.password
    if not field.data:
        field.errors = [_("请填短信里的 6 位数字。") if by_code else _("请填密码。")]
        return None
    password, code = ("", field.data) if by_code else (field.data, "")
    try:
        entry.prove(edge(), house().hasher, phone=person.phone, password=password, code=code, **asking())
    except WrongCredentials:
        form.password.errors = [_("密码不对，再看一眼。")]
    except WrongCode:
        form.code.errors = [_("验证码不对，或者过了 10 分钟。看看短信，或者重新要一个。")]
    except TooMany as error:
        return too_many(form, error)
    return None


def _once_proven(template: str, act: Callable[[Person], ResponseReturnValue], **words: object) -> ResponseReturnValue:
    """Do something for a person who has shown once more that it is them; otherwise ask for that."""
    person, form, retry_s = _person(), ProveForm.from_request(), None
    form.password.flags.required = form.code.flags.required = True
    if form.is_sent_well():
        retry_s = _proven(form, person)
        if not form.errors and not form.form_errors:
            return act(person)
    by_code = _by_code(person)
    code = sms_code(ENTRY_CODE, person.phone if by_code else None)
    return again(template, form, retry_s, by_code=by_code, demo_code=code, **words)


@bp.route("/me/data/file", methods=["GET", "POST"])
@posts_limited
def take_data() -> ResponseReturnValue:
    """Answer with everything that is kept of a person as one file, once they have shown that it is them."""
    return _once_proven("accounts/data_take.html", file_of)


@bp.route("/me/close", methods=["GET", "POST"])
@posts_limited
def close_me() -> ResponseReturnValue:
    """Close one's account: what must end first is told; otherwise at once, on the password or a code."""
    found = obstacles(reading(), _person())
    if found:
        in_the_way = list(zip(obstacle_lines(found), map(_order_page, found), strict=True))
        page = render_template("accounts/close.html", in_the_way=in_the_way, form=None, by_code=False)
        return make_response(page, 409 if request.method == "POST" else 200)
    return _once_proven("accounts/close.html", _close, in_the_way=())


def _order_page(one: Obstacle) -> str | None:
    """Return where to bring to its end what is in the way of closing an account; None where no page does."""
    return url_for("orders.order", code=one.code) if one.kind in (Kind.ORDER, Kind.UNSETTLED) else None


def _close(person: Person) -> ResponseReturnValue:
    actor, clock = current_actor(), house().clock
    try:
        keys = edge().run(lambda session: close(session, person.id, actor=actor, clock=clock))
    except StillOpen:
        return redirect(url_for("buyer_accounts.close_me"), 303)
    for key in keys:
        drop_private(house().store, key)
    forget()
    say("good", _("账户注销了，名字、电话和地址都删了。"))
    return redirect(url_for("catalog.home"), 303)


@bp.route("/me/name", methods=["GET", "POST"])
@posts_limited
def name() -> ResponseReturnValue:
    """Change what one is called."""
    person = _person()
    form = NameForm.from_request(name=person.name)
    if form.is_sent_well():
        edge().run(lambda session: correct(session, person.id, name=form.name.data))
        say("good", _("名字改好了。"))
        return redirect(url_for("accounts.me"), 303)
    return again("accounts/name.html", form, phone=person.phone)


@bp.route("/me/phone", methods=["GET", "POST"])
@posts_limited
def phone() -> ResponseReturnValue:
    """Come in with another phone from now on: a code goes to it first, then proves it."""
    form, retry_s = NewPhoneForm.from_request(phone=cookie.get(NEW_PHONE, "")), None
    if form.is_sent_well():
        try:
            if not form.code.data:
                return _send_to(form.phone.data or "")
            number, code, actor = form.phone.data or "", form.code.data, current_actor()
            entry.move_phone(edge(), actor=actor, phone=number, code=code, **asking())
        except Invalid:
            form.phone.errors = [_("这个号码已经有账户了，换一个，或者先用它登录。")]
        except WrongCode:
            form.code.errors = [_("验证码不对，或者过了 10 分钟。看看短信，或者重新要一个。")]
        except TooMany as error:
            retry_s = too_many(form, error)
        else:
            cookie.pop(NEW_PHONE, None)
            say("good", _("号码换好了，下次用新号码登录。"))
            return redirect(url_for("accounts.me"), 303)
    told = sms_code(ENTRY_CODE, cookie.get(NEW_PHONE))
    return again("accounts/phone.html", form, retry_s, is_sent=NEW_PHONE in cookie, demo_code=told)


def _send_to(number: str) -> ResponseReturnValue:
    entry.ask_entry_code(edge(), phone=number, language=reader(), **asking())
    cookie[NEW_PHONE] = number
    say("info", _("验证码一会儿就到，10 分钟内有效。"))
    return redirect(url_for("buyer_accounts.phone"), 303)
