"""The outside of short messages: one protocol, and the default that only writes to the log."""

import logging
from typing import Protocol

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
