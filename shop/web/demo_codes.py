"""Codes that the demo town would send to a phone: none gets them there, so the page that asks for one tells it."""

from sqlalchemy import select

from shop.accounts.rules import CODE_LIFE, code_digits, normal_phone
from shop.kernel.outbox import Message
from shop.web.house import house, reading

LOOKED_AT = 50
"""So many of the newest askings are looked at: whoever reads the page asked a moment ago."""


def sms_code(topic: str, phone: str | None) -> str | None:
    """Return the newest code asked for by a phone; None in a real town, and where none was asked for lately.

    Args:
        topic: what it was asked for.
        phone: as typed, by this browser.
    """
    wired = house()
    if not wired.settings.is_demo or not phone:
        return None
    asked = select(Message.id, Message.facts).where(
        Message.topic == topic, Message.created_at > wired.clock() - CODE_LIFE
    )
    known = normal_phone(phone)
    for message_id, facts in reading().execute(asked.order_by(Message.id.desc()).limit(LOOKED_AT)):
        if facts.get("phone") == known:
            return code_digits(wired.settings.secret_key, message_id, known)
    return None
