"""The bench's view of what runs by itself: short messages, periodic jobs, the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.kernel.audit import versions_of
from shop.kernel.outbox import retry as put_back
from shop.notifications import queries
from shop.notifications.models import DeliveryState
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted
from shop.web.house import house, reading
from shop.web.i18n import _
from shop.web.messages import SENT_WORDS, TEMPLATE_WORDS
from shop.web.shell import say
from shop.web.words import masked_phone, town_time

bp = blueprint("staff_notifications", __name__, Audience.STAFF, prefix="/staff")

TOPIC_WORDS = {
    "sms.wanted": _l("发短信"),
    "mail.wanted": _l("发邮件"),
    "reset_code.wanted": _l("发改密码的验证码"),
    "entry_code.wanted": _l("发登录的验证码"),
    "helper_code.wanted": _l("发帮忙的验证码"),
    "photo.received": _l("做各种大小的照片"),
    "parcel.packed": _l("叫快递"),
    "shipment.wanted": _l("叫快递"),
    "shipment.cancelled": _l("退掉快递"),
    "shipment.numbered": _l("请快递100跟着单号"),
    "import.wanted": _l("导入货单"),
    "payment.wanted": _l("开始收款"),
    "payment.void": _l("收掉不用付的款"),
    "refund.asked": _l("退款给买家"),
}
"""What each topic of the outbox does, in the staff's words."""

JOB_WORDS = {
    "heartbeat": _l("报个平安"),
    "outbox": _l("找回漏掉的事"),
    "expire": _l("到点没付款的，放回货"),
    "payments": _l("问付款到没到"),
    "reconcile": _l("每天和收款渠道对一遍账"),
    "refunds": _l("接着办没办完的退款"),
    "imports": _l("接着导没导完的货单"),
    "forget-tries": _l("清掉旧的登录记录"),
    "forget-drafts": _l("扔掉三十天没动的、没写完的货"),
    "invoices": _l("货收齐了的，把要的发票交给中心开"),
    "drop-records": _l("清掉过了年限的交易记录，账留着"),
    "forget-people": _l("忘掉早就办完的单是谁买的"),
    "forget-askers": _l("忘掉早就回过话的买家的电话"),
    "sweep-photos": _l("清理没人用的照片"),
    "forget-applications": _l("清掉没下文的开店申请和证件照片"),
    "read-back": _l("把代操作告诉农户"),
    "demand": _l("过了截单时间，把几家一起供的货分给各家"),
    "tracking": _l("问包裹到哪里了"),
    "shelf": _l("证到期、没动静的货下架，提醒换证"),
}
"""What each periodic job does, in the staff's words."""


@dataclass(frozen=True)
class Leaves:
    """Where one is in a long list."""

    number: int
    pages: int
    prev_href: str | None
    next_href: str | None


@dataclass(frozen=True)
class DeliveryRow:
    """One short message or mail, its number or address masked."""

    at: str
    to: str
    template: str
    text: str
    state: str
    is_sent: bool
    is_put_off: bool


@dataclass(frozen=True)
class JobRow:
    """One periodic job."""

    name: str
    every: str
    last: str
    next: str
    runs: int
    failures: int
    error: str | None
    is_running: bool
    is_late: bool


@dataclass(frozen=True)
class MessageRow:
    """One message of the outbox."""

    id: int
    topic: str
    attempts: int
    age: str
    error: str
    version: int


@dataclass(frozen=True)
class Work:
    """The page of everything that runs by itself."""

    jobs: tuple[JobRow, ...]
    waiting: int
    done: int
    poisoned: int
    oldest: str | None
    poisoned_rows: tuple[MessageRow, ...]
    done_rows: tuple[MessageRow, ...]


def span(length: timedelta) -> str:
    """Return a length of time in its largest unit, as people say it."""
    seconds = max(0, int(length.total_seconds()))
    for unit_s, words in ((86_400, _l("%(n)d 天")), (3600, _l("%(n)d 小时")), (60, _l("%(n)d 分钟"))):
        if seconds >= unit_s:
            return str(words) % {"n": seconds // unit_s}
    return str(_("%(n)d 秒", n=seconds))


def _leaves(page: int, pages: int) -> Leaves:
    def href(number: int) -> str:
        return url_for("staff_notifications.deliveries", page=number)

    return Leaves(page, pages, href(page - 1) if page > 1 else None, href(page + 1) if page < pages else None)


@bp.get("/sms")
def deliveries() -> ResponseReturnValue:
    """Show the delivery log, newest first."""
    found = queries.deliveries(reading(), request.args.get("page", 1, type=int))
    rows = tuple(
        DeliveryRow(
            at=town_time(row.created_at),
            to=(_masked_email(row.email) if row.email else masked_phone(row.phone)) or _("已删"),
            template=str(TEMPLATE_WORDS.get(row.template, _("短信"))),
            text=row.text,
            state=_state_words(row),
            is_sent=row.state is DeliveryState.SENT,
            is_put_off=row.state is DeliveryState.PUT_OFF,
        )
        for row in found.rows
    )
    leaves = _leaves(found.page, found.pages)
    return render_template("notifications/deliveries.html", rows=rows, leaves=leaves, total=found.total)


def _state_words(row: queries.DeliveryFacts) -> str:
    if row.state is DeliveryState.PUT_OFF:
        return str(_("%(at)s 以后发", at=town_time(row.goes_at)))
    return str(SENT_WORDS[row.state])


def _masked_email(email: str) -> str:
    name, _at, domain = email.rpartition("@")
    return f"{name[0]}***@{domain}"


@bp.get("/jobs")
def jobs() -> ResponseReturnValue:
    """Show what is expected to run, what ran, and which messages wait for a person."""
    now = house().clock()
    box = queries.outbox(reading())
    versions = versions_of(reading(), [f"message:{row.id}" for row in box.poisoned_messages])
    work = Work(
        jobs=tuple(_job(job, now) for job in queries.jobs(reading(), now)),
        waiting=box.waiting,
        done=box.done,
        poisoned=box.poisoned,
        oldest=span(now - box.oldest_waiting_at) if box.oldest_waiting_at else None,
        poisoned_rows=tuple(_message(row, now - row.created_at, versions) for row in box.poisoned_messages),
        done_rows=tuple(_message(row, now - (row.done_at or row.created_at), {}) for row in box.last_done),
    )
    return render_template("notifications/jobs.html", work=work)


def _job(job: queries.JobFacts, now: datetime) -> JobRow:
    return JobRow(
        name=str(JOB_WORDS.get(job.name, _("别的后台任务"))),
        every=span(timedelta(seconds=job.every_s)),
        last=_("%(span)s前", span=span(now - job.done_at)) if job.done_at else _("还没跑过"),
        next=_("现在") if job.next_at is None or job.next_at <= now else _("%(span)s后", span=span(job.next_at - now)),
        runs=job.runs,
        failures=job.failures,
        error=job.error,
        is_running=job.is_running,
        is_late=job.is_late,
    )


def _message(row: queries.MessageFacts, age: timedelta, versions: Mapping[str, int]) -> MessageRow:
    topic = str(TOPIC_WORDS.get(row.topic, _("别的事")))
    version = versions.get(f"message:{row.id}", 0)
    return MessageRow(row.id, topic, row.attempts, span(age), row.error or "", version)


@bp.post("/jobs/messages/<int:message_id>/retry")
def retry(message_id: int) -> ResponseReturnValue:
    """Put a message that waits for a person back to work."""
    clock = house().clock
    acted(f"message:{message_id}", lambda session: put_back(session, message_id, clock=clock))
    say("good", _("已经重新安排，一会儿回来看结果。"))
    return redirect(url_for("staff_notifications.jobs"), 303)
