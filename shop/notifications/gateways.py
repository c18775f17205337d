"""The outside of messages: a protocol for short ones and one for mails, and the defaults that only write to the log."""

import logging
import smtplib
import ssl
from email.message import EmailMessage
from typing import Protocol

from shop.settings import SmtpSettings

log = logging.getLogger(__name__)


class SmsGateway(Protocol):
    """Sends short messages."""

    def send(self, phone: str, text: str, *, key: str) -> None:
        """Send one text; the same key sends once.

        Raises:
            OSError: the outcome is unknown or nothing was sent; ask again with the same key.
        """


class LogGateway:
    """Sends nothing: the delivery log that staff read is the whole effect. The default until a town has a contract."""

    def send(self, phone: str, text: str, *, key: str) -> None:  # noqa: ARG002 - the protocol names it
        """Note that a message would have left; neither the number nor the text goes into the log."""
        log.info("sms written to the delivery log", extra={"key": key, "characters": len(text)})


class MailGateway(Protocol):
    """Sends mails."""

    def send(self, email: str, subject: str, text: str, *, key: str) -> None:
        """Send one mail of plain text; the same key is the same mail to whoever receives it twice.

        Raises:
            OSError: the outcome is unknown or nothing was sent; ask again with the same key.
        """


class LogMail:
    """Sends nothing: the delivery log that staff read is the whole effect. The default until a town has a mailbox."""

    def send(self, email: str, subject: str, text: str, *, key: str) -> None:  # noqa: ARG002 - the protocol names it
        """Note that a mail would have left; neither the address nor the text goes into the log."""
        log.info("mail written to the delivery log", extra={"key": key, "characters": len(text)})


class SmtpMail:
    """Hands mails to the town's mail provider by SMTP (RFC 5321), encrypted except on the machine itself."""

    TIMEOUT_S = 20

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    def send(self, email: str, subject: str, text: str, *, key: str) -> None:
        """Hand one mail over; its Message-ID is made of the key, by which mailboxes know the same mail.

        Raises:
            OSError: no connection, or the provider refused (`smtplib.SMTPException` is one).
        """
        wanted, mail = self._settings, EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = wanted.sender, email, subject
        mail["Message-ID"] = f"<{key}@{wanted.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text)
        with self._opened() as server:
            if not wanted.is_tls and not wanted.is_local:
                server.starttls(context=ssl.create_default_context())
            if wanted.user:
                server.login(wanted.user, wanted.password)
            server.send_message(mail)

    def _opened(self) -> smtplib.SMTP:
        wanted = self._settings
        if not wanted.is_tls:
            return smtplib.SMTP(wanted.host, wanted.port, timeout=self.TIMEOUT_S)
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(wanted.host, wanted.port, timeout=self.TIMEOUT_S, context=context)
