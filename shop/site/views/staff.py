"""For managers: the written rules, and publishing their next version."""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid
from shop.site.forms import RuleForm
from shop.site.markup import html_of
from shop.site.models import Rule
from shop.site.queries import RulePage, rule_page, rule_pages
from shop.site.rules import SHOWN_AHEAD, changes, earliest
from shop.site.services import publish
from shop.site.views.words import RULE_WORDS, name_of, rule_named
from shop.web.actors import actor_names
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted, seen_version
from shop.web.house import current_actor, house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.shell import say

bp = blueprint("staff_site", __name__, Audience.STAFF, prefix="/staff/rules", roles=("manager",))

posts_limited = limiter.limit("60 per minute", methods=["POST"])

REFUSALS = {
    ("text", "missing"): _l("请写全文。"),
    ("text", "long"): _l("太长了，分到别的页上。"),
    ("note", "missing"): _l("请用一句话写改了什么，大家先看这一句。"),
    ("note", "long"): _l("一句话就够，写短些。"),
    ("effective_on", "soon"): _l("改规则要先公示 %(n)d 天（电子商务法第三十四条），最早从 %(day)s起。"),
    ("effective_on", "before_last"): _l("前面公布的还没到日子，最早从 %(day)s起。"),
    ("effective_on", "late"): _l("一年以后的太早了，到时再公布。"),
}


@bp.get("")
def rules() -> ResponseReturnValue:
    """Show which rules there are and what is coming."""
    found = rule_pages(reading(), town_day(house().clock()))
    rows = [(name_of(rule), RULE_WORDS[rule][0], page.current, page.coming) for rule, page in found.items()]
    return render_template("staff/rules.html", rows=rows)


@bp.route("/<name>", methods=["GET", "POST"])
@posts_limited
def edit(name: str) -> ResponseReturnValue:
    """Write the next version: look at it first, then publish it; what there was is kept."""
    asked, today = rule_named(name), town_day(house().clock())
    page = rule_page(reading(), asked, today)
    last = page.coming[-1] if page.coming else page.current
    begin = earliest(today, last.effective_on if last else None)
    form = RuleForm.from_request(text=last.text if last else "", effective_on=begin, version=str(page.last_number))
    is_well = form.is_sent_well()
    if is_well and request.form.get("action") == "publish":
        try:
            _publish(asked, form)
        except Invalid as refused:
            words = REFUSALS[refused.field, refused.reason]
            told = str(words) % {"n": SHOWN_AHEAD.days, "day": _("%(m)d 月 %(d)d 日", m=begin.month, d=begin.day)}
            form[refused.field].errors = [told]
            is_well = False
        else:
            say("good", _("公布了。到日子自己生效，这之前大家都看得到。"))
            return redirect(url_for("staff_site.edit", name=name), 303)
    return _page(asked, page, form, is_preview=is_well)


def _publish(asked: Rule, form: RuleForm) -> None:
    actor, clock, effective_on = current_actor(), house().clock, form.effective_on.data
    assert effective_on is not None, "the form asks for it"
    text, note, version = form.text.data or "", form.note.data or "", seen_version()
    acted(
        f"rules:{name_of(asked)}",
        lambda session: publish(
            session,
            asked,
            text=text,
            note=note,
            effective_on=effective_on,
            version=version,
            actor=actor,
            clock=clock,
        ),
        reason=note,
        is_counted=False,
    )


def _page(asked: Rule, page: RulePage, form: RuleForm, *, is_preview: bool) -> Response:
    was = page.coming[-1] if page.coming else page.current
    versions = [one for one in (*reversed(page.coming), page.current, *page.past) if one is not None]
    names = actor_names({one.actor for one in versions})
    answer = render_template(
        "staff/rule.html",
        name=name_of(asked),
        title=RULE_WORDS[asked][0],
        form=form,
        is_first=was is None,
        days=SHOWN_AHEAD.days,
        preview=Markup(html_of(form.text.data or "")) if is_preview else None,  # noqa: S704 - cleaned there
        changes=changes(was.text, form.text.data or "") if is_preview and was else (),
        versions=[(one, names.get(one.actor, _("自动"))) for one in versions],
        current=page.current,
        version=page.last_number,
    )
    return make_response(answer, 200 if is_preview or request.method == "GET" else 422)
