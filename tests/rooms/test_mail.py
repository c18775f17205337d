"""Mails: what they say, that each is sent once, and that a real mail server understands them."""

import ssl
import warnings
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as Talk
from sqlalchemy import select

from shop.kernel.edge import Edge
from shop.kernel.outbox import Later, Message
from shop.notifications.gateways import SmtpMail
from shop.notifications.models import Delivery, DeliveryState
from shop.notifications.rules import EMAIL, MOST_A_PHONE, PURPOSES, SECRET, Purpose, Sender, mail_text
from shop.notifications.services import deliver_mail, wanted
from shop.notifications.subjects import SUBJECTS
from shop.notifications.topics import MAIL
from shop.settings import BadSettings, Settings, SmtpSettings
from tests.support.clock import SettableClock
from tests.support.live import free_port

TO = "zhang@example.cn"
FROM = "shop@example.cn"
SENDER = Sender("小鱼洞", "028-00000000")
URL = "https://shop.example.cn"
PASSWORD = "mail-box-2026"


class Mailbox:
    """What has come to the server, by its Message-ID."""

    def __init__(self) -> None:
        self.came: list[EmailMessage] = []
        self.refuses = False

    async def handle_DATA(self, _server: SMTP, _talk: Talk, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuses:
            return "451 not now"
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.came.append(mail)
        return "250 OK"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def smtp(mailbox: Mailbox) -> Iterator[SmtpSettings]:
    """A mail server on this machine that wants a password."""

    def known(_server: SMTP, _talk: Talk, _envelope: Envelope, _way: str, told: LoginPassword) -> AuthResult:
        return AuthResult(success=(told.login, told.password) == (b"shop", PASSWORD.encode()), handled=False)

    # What is only said of servers that strangers reach.
    warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS", UserWarning)
    server = Controller(
        mailbox, hostname="127.0.0.1", port=free_port(), authenticator=known, auth_required=True, auth_require_tls=False
    )
    server.start()

    yield SmtpSettings("127.0.0.1", server.port, "shop", PASSWORD, is_tls=False, sender=FROM)
    server.stop()


def ask(edge: Edge, clock: SettableClock, code: str = "ABCD2345", email: str = TO) -> int:
    """Ask for a message about an order, and return the outbox message of its mail."""
    values = {"code": code, "total_fen": 2850}
    edge.run(
        lambda session: wanted(session, "order_paid", phone="13800000001", email=email, values=values, clock=clock)
    )
    with edge.reading() as session:
        return session.scalars(select(Message.id).where(Message.topic == MAIL).order_by(Message.id.desc())).first() or 0


def send(edge: Edge, gateway: SmtpMail, message_id: int, clock: SettableClock) -> None:
    with edge.reading() as session:
        facts: dict[str, Any] = dict(session.get_one(Message, message_id).facts)
    deliver_mail(edge, gateway, message_id, facts, sender=SENDER, public_url=URL, clock=clock)


def log(edge: Edge) -> list[tuple[str, str, DeliveryState]]:
    with edge.reading() as session:
        return [(d.phone, d.email, d.state) for d in session.scalars(select(Delivery).order_by(Delivery.id))]


def test_a_mail_arrives_with_all_its_letters(
    edge: Edge, clock: SettableClock, mailbox: Mailbox, smtp: SmtpSettings
) -> None:
    send(edge, SmtpMail(smtp), ask(edge, clock), clock)
    [mail] = mailbox.came
    assert (mail["From"], mail["To"], mail["Subject"]) == (FROM, TO, "【小鱼洞】订单 ABCD2345 已付")
    text = mail.get_content()
    assert text.startswith("订单ABCD2345已付28.50元")
    assert f"{URL}/orders" in text
    assert "028-00000000" in text
    assert log(edge) == [("", TO, DeliveryState.SENT)]


def test_a_mail_is_sent_once_and_again_only_as_the_same(
    edge: Edge, clock: SettableClock, mailbox: Mailbox, smtp: SmtpSettings
) -> None:
    gateway, message_id = SmtpMail(smtp), ask(edge, clock)
    mailbox.refuses = True
    with pytest.raises(OSError, match="not now"):
        send(edge, gateway, message_id, clock)
    assert log(edge) == [("", TO, DeliveryState.SENDING)]
    mailbox.refuses = False
    send(edge, gateway, message_id, clock)
    send(edge, gateway, message_id, clock)
    assert [mail["Message-ID"] for mail in mailbox.came] == [f"<{message_id}@example.cn>"]


def test_a_wrong_password_leaves_the_mail_for_the_next_turn(
    edge: Edge, clock: SettableClock, mailbox: Mailbox, smtp: SmtpSettings
) -> None:
    wrong = SmtpSettings(smtp.host, smtp.port, smtp.user, "another", is_tls=False, sender=FROM)
    with pytest.raises(OSError, match="535"):
        send(edge, SmtpMail(wrong), ask(edge, clock), clock)
    assert not mailbox.came
    assert log(edge) == [("", TO, DeliveryState.SENDING)]


def test_nothing_goes_unencrypted_beyond_this_machine(smtp: SmtpSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server here offers no STARTTLS: taken for one elsewhere, it gets neither password nor mail."""
    monkeypatch.setattr(SmtpSettings, "is_local", False)
    with pytest.raises(OSError, match="STARTTLS"):
        SmtpMail(smtp).send(TO, "x", "x", key="1")
    encrypted = SmtpSettings(smtp.host, smtp.port, smtp.user, smtp.password, is_tls=True, sender=FROM)
    with pytest.raises(ssl.SSLError):
        SmtpMail(encrypted).send(TO, "x", "x", key="1")


def test_a_mailbox_has_its_share_and_no_more(
    edge: Edge, clock: SettableClock, mailbox: Mailbox, smtp: SmtpSettings
) -> None:
    for _ in range(MOST_A_PHONE):
        send(edge, SmtpMail(smtp), ask(edge, clock), clock)
    late = ask(edge, clock)
    with pytest.raises(Later):
        send(edge, SmtpMail(smtp), late, clock)
    send(edge, SmtpMail(smtp), ask(edge, clock, email="li@example.cn"), clock)
    assert len(mailbox.came) == MOST_A_PHONE + 1
    assert [state for _, email, state in log(edge) if email == TO][-1] is DeliveryState.PUT_OFF
    clock.advance(hours=1)
    send(edge, SmtpMail(smtp), late, clock)
    assert [state for _, email, state in log(edge) if email == TO][-1] is DeliveryState.SENT
    assert len(mailbox.came) == MOST_A_PHONE + 2


def test_only_what_is_about_an_order_goes_by_mail() -> None:
    assert all(PURPOSES[template] is Purpose.ORDER for template in SUBJECTS)
    assert not SECRET & set(SUBJECTS)
    with pytest.raises(ValueError, match="reset_code"):
        mail_text("reset_code", {"code": "123456"}, SENDER, URL)


@pytest.mark.parametrize("typed", ["zhang@example.cn", "a+b.c@mail.example.com.cn", "1@2.cn"])
def test_a_mail_address_is_taken(typed: str) -> None:
    assert EMAIL.fullmatch(typed)


@pytest.mark.parametrize(
    "typed", ["zhang", "zhang@example", "a b@c.cn", "a@b.cn\nBcc: x@y.cn", "张@例.cn", "@b.cn", "a@.cn"]
)
def test_what_is_no_mail_address_is_not(typed: str) -> None:
    assert not EMAIL.fullmatch(typed)


@pytest.mark.parametrize(
    ("url", "sender", "said"),
    [
        ("smtps://u:p@mail.example.cn", "", "belong together"),
        ("", FROM, "belong together"),
        ("http://mail.example.cn", FROM, "SHOP_SMTP_URL"),
        ("smtp://:587", FROM, "SHOP_SMTP_URL"),
        ("smtp://mail.example.cn:many", FROM, "SHOP_SMTP_URL"),
        ("smtp://mail.example.cn", "shop", "SHOP_MAIL_FROM"),
    ],
)
def test_settings_that_make_no_mail_provider_are_refused(url: str, sender: str, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        Settings.from_env({"SHOP_SMTP_URL": url, "SHOP_MAIL_FROM": sender})


def test_settings_name_a_mail_provider() -> None:
    environ = {"SHOP_SMTP_URL": "smtps://shop%40example.cn:p%2Fw@mail.example.cn", "SHOP_MAIL_FROM": FROM}
    told = Settings.from_env(environ).smtp
    assert told == SmtpSettings("mail.example.cn", 465, "shop@example.cn", "p/w", is_tls=True, sender=FROM)
    assert "p/w" not in repr(told)
