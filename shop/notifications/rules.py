"""What short messages say: the templates, the values each takes, and how they are filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parents[2] / "templates" / "messages"
BLACKED_OUT = "●●●●●●"

VALUES: dict[str, frozenset[str]] = {
    "order_placed": frozenset({"code", "total_fen"}),
    "order_agreed": frozenset({"code", "total_fen"}),
    "order_paid": frozenset({"code", "total_fen"}),
    "order_lies": frozenset({"code", "total_fen", "when"}),
    "order_cancelled": frozenset({"code"}),
    "order_refunded": frozenset({"code", "refund_fen"}),
    "order_short": frozenset({"code", "goods", "missing", "is_paid"}),
    "order_rejected": frozenset({"code", "goods", "reason", "is_paid"}),
    "collection_ready": frozenset({"code", "where"}),
    "parcel_sent": frozenset({"code", "carrier", "tracking"}),
    "parcel_delivered": frozenset({"code"}),
    "parcel_returned": frozenset({"code", "reason"}),
    "return_decided": frozenset({"code", "words", "freight_fen"}),
    "vendor_claimed": frozenset({"goods", "reason", "cost_fen"}),
    "vendor_answered": frozenset({"goods", "words", "back_fen"}),
    "vendor_returned": frozenset({"goods", "words", "paid_fen", "may_fetch"}),
    "lot_recalled": frozenset({"code", "goods", "reason"}),
    "order_recalled": frozenset({"code", "goods", "reason", "is_paid"}),
    "letter_returned": frozenset(),
    "invoice_accepted": frozenset({"code"}),
    "invoice_fixing": frozenset({"code", "words"}),
    "invoice_rejected": frozenset({"code", "words"}),
    "invoice_available": frozenset({"code"}),
    "invoice_sent": frozenset({"code", "carrier", "tracking"}),
    "invoice_returned": frozenset({"code"}),
    "invoice_red": frozenset({"code", "red_fen"}),
    "vendor_asked": frozenset({"goods", "due", "car"}),
    "vendor_sold": frozenset({"goods"}),
    "vendor_rejected": frozenset({"goods", "reason"}),
    "vendor_recalled": frozenset({"goods", "reason"}),
    "pickup_run": frozenset({"how", "when", "place"}),
    "late_payment_refunded": frozenset({"code", "refund_fen"}),
    "wish_answered": frozenset({"code", "is_granted", "words"}),
    "claim_answered": frozenset({"code", "goods", "how", "refund_fen", "words"}),
    "listing_hidden": frozenset({"goods", "others", "why"}),
    "still_there": frozenset({"goods", "others"}),
    "paper_ends": frozenset({"kind", "until"}),
    "vendor_state": frozenset({"how", "words"}),
    "application_received": frozenset({"is_standing"}),
    "application_fixing": frozenset({"is_standing", "parts", "words"}),
    "application_refused": frozenset({"is_standing", "words"}),
    "application_approved": frozenset({"is_standing"}),
    "payout_changed": frozenset(),
    "payout_paid": frozenset({"amount_fen", "way", "tail"}),
    "payout_failed": frozenset({"amount_fen", "why"}),
    "question_asked": frozenset({"goods", "question"}),
    "question_answered": frozenset({"goods", "answer"}),
    "acted_for": frozenset({"others", "words", "may_undo"}),
    "consent_ends": frozenset({"until"}),
    "reset_code": frozenset({"code"}),
    "entry_code": frozenset({"code"}),
    "helper_code": frozenset({"code"}),
    "card_issued": frozenset(),
    "card_stopped": frozenset(),
}
"""What each template is filled with, besides the sender. `*_fen` is integer fen; everything else is text as people
read it: `code` the order's code, `carrier` the carrier's name, `tracking` its number or "", `goods` what and how much
("土鸡蛋30枚 2份"), `due` a moment of the town ("10月2日18:00"), `reason` why the centre did not take the goods, or
calls them back, `where` the centre's address, `is_granted` whether the order is let go, `words` what the centre says to
that, or did,
`is_standing` whether a vendor applied for another standing, `parts` what has to be mended in an application, `others`
how many more there are, `why` they are ("paper_expired", "not_confirmed", or the centre's own words), `kind` of paper,
`until` its last day, `how` a vendor stands
now ("suspended", "restored", "leaving", "staying" or "left") or what became of a pick-up run ("planned", "changed",
"off"), `when` and `place` of the car, or `when` goods at the counter can be taken along, "" being now, `car` its hour
and place in one or "", `missing` how much of it will not come,
`is_paid` whether it was paid for, `may_undo` whether what was done can be taken back,
`way` how a household is paid ("bank", "wechat", "cash"), `tail` the end of its account's number,
`may_fetch` whether goods that came back lie there for their household,
`question` what a buyer asks, `answer` what is said to it."""


class Purpose(StrEnum):
    """What a message is about, for which nobody has to be asked beforehand.

    Anything else would need its reader's yes, which the house does not ask for: there is no such purpose, and a
    template without a purpose is never sent.
    """

    ORDER = "order"
    """An order of the reader's, or goods asked of them for one."""
    LISTING = "listing"
    """What the reader sells."""
    QUESTION = "question"
    """What the reader asked, leaving the number for the answer."""
    JOINING = "joining"
    """What the reader applied for."""
    SIGN_IN = "sign_in"


PURPOSES: dict[str, Purpose] = {
    "order_placed": Purpose.ORDER,
    "order_agreed": Purpose.ORDER,
    "order_paid": Purpose.ORDER,
    "order_lies": Purpose.ORDER,
    "order_cancelled": Purpose.ORDER,
    "order_refunded": Purpose.ORDER,
    "order_short": Purpose.ORDER,
    "order_rejected": Purpose.ORDER,
    "collection_ready": Purpose.ORDER,
    "parcel_sent": Purpose.ORDER,
    "parcel_delivered": Purpose.ORDER,
    "parcel_returned": Purpose.ORDER,
    "return_decided": Purpose.ORDER,
    "vendor_claimed": Purpose.ORDER,
    "vendor_answered": Purpose.ORDER,
    "vendor_returned": Purpose.ORDER,
    "lot_recalled": Purpose.ORDER,
    "order_recalled": Purpose.ORDER,
    "letter_returned": Purpose.ORDER,
    "invoice_accepted": Purpose.ORDER,
    "invoice_fixing": Purpose.ORDER,
    "invoice_rejected": Purpose.ORDER,
    "invoice_available": Purpose.ORDER,
    "invoice_sent": Purpose.ORDER,
    "invoice_returned": Purpose.ORDER,
    "invoice_red": Purpose.ORDER,
    "vendor_asked": Purpose.ORDER,
    "vendor_sold": Purpose.ORDER,
    "vendor_rejected": Purpose.ORDER,
    "vendor_recalled": Purpose.ORDER,
    "pickup_run": Purpose.ORDER,
    "late_payment_refunded": Purpose.ORDER,
    "wish_answered": Purpose.ORDER,
    "claim_answered": Purpose.ORDER,
    "listing_hidden": Purpose.LISTING,
    "still_there": Purpose.LISTING,
    "paper_ends": Purpose.LISTING,
    "vendor_state": Purpose.LISTING,
    "application_received": Purpose.JOINING,
    "application_fixing": Purpose.JOINING,
    "application_refused": Purpose.JOINING,
    "application_approved": Purpose.JOINING,
    "payout_changed": Purpose.JOINING,
    "payout_paid": Purpose.LISTING,
    "payout_failed": Purpose.LISTING,
    "question_asked": Purpose.LISTING,
    "question_answered": Purpose.QUESTION,
    "acted_for": Purpose.LISTING,
    "consent_ends": Purpose.LISTING,
    "reset_code": Purpose.SIGN_IN,
    "entry_code": Purpose.SIGN_IN,
    "helper_code": Purpose.SIGN_IN,
    "card_issued": Purpose.SIGN_IN,
    "card_stopped": Purpose.SIGN_IN,
}

SUBJECTS: dict[str, str] = {
    "order_placed": "订单 {code} 收到了",
    "order_agreed": "订单 {code} 收到了，交货时付",
    "order_paid": "订单 {code} 已付",
    "order_lies": "订单 {code} 已付，在柜台拿",
    "order_cancelled": "订单 {code} 取消了",
    "order_refunded": "订单 {code} 退款",
    "order_short": "订单 {code} 有货不够",
    "order_rejected": "订单 {code} 有货没收下",
    "collection_ready": "订单 {code} 可以来取了",
    "parcel_sent": "订单 {code} 发出了",
    "parcel_delivered": "订单 {code} 送到了",
    "parcel_returned": "订单 {code} 退回来了",
    "return_decided": "订单 {code} 退回的包裹，中心看过了",
    "lot_recalled": "订单 {code} 有货召回",
    "order_recalled": "订单 {code} 有货召回，没有寄",
    "late_payment_refunded": "订单 {code} 迟到的钱退了",
    "invoice_accepted": "订单 {code} 的发票，看过了",
    "invoice_fixing": "订单 {code} 的发票要改",
    "invoice_rejected": "订单 {code} 的发票开不了",
    "invoice_available": "订单 {code} 的发票开好了",
    "invoice_sent": "订单 {code} 的发票寄出了",
    "invoice_returned": "订单 {code} 的发票在柜台",
    "invoice_red": "订单 {code} 的发票冲红了",
    "wish_answered": "订单 {code} 的取消，回了话",
    "claim_answered": "订单 {code} 的售后，回了话",
}
"""What a mail is called; templates without a subject never go by mail."""

EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+", re.ASCII)
"""A mail address as the HTML standard has it, without quoted local parts and with a dot in its domain."""
LONGEST_EMAIL = 254
"""RFC 5321, 4.5.3.1.3, less the angle brackets."""

CAPPED = frozenset(name for name, purpose in PURPOSES.items() if purpose is not Purpose.SIGN_IN)
"""Templates that count; codes have a limit of their own where they are asked for."""
MOST_A_PHONE = 10
CAP_SPAN = timedelta(hours=1)
"""A phone gets so many capped messages in such a time; more are put off, or withheld where they may be missed."""

MAY_BE_MISSED = frozenset({"order_placed", "order_agreed", "question_asked"})
"""Templates that anybody can have sent by filling in a phone, and whose news stands on a page. Over the cap they are
withheld: put off, they would keep back for hours what the shop owes to that phone."""

SECRET = frozenset({"reset_code", "entry_code", "helper_code"})
"""Templates whose values are secrets; they reach `deliver` beside the facts, never in the outbox."""


@dataclass(frozen=True)
class Sender:
    """Who signs a short message: the town, and the number of its centre."""

    town: str
    centre_phone: str


def yuan(fen: int) -> str:
    """Return fen as yuan without a sign, as a short message writes it: 28 or 28.50."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def short(text: str, characters: int) -> str:
    """Return a text cut to at most so many characters, the last one then being an ellipsis."""
    return text if len(text) <= characters else text[: characters - 1] + "…"


# Plain text on a phone, not a page: escaping would show &amp; to the reader.
_messages = Environment(loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=False)  # noqa: S701
_messages.filters.update(yuan=yuan, short=short)


def check_values(template: str, values: Mapping[str, Any]) -> None:
    """Refuse a message that could not be written later.

    Raises:
        ValueError: there is no such template, it has no purpose, or its values are not exactly the ones given.
    """
    if template not in VALUES or template not in PURPOSES:
        raise ValueError(f"no message {template}")
    if set(values) != VALUES[template]:
        raise ValueError(f"{template} takes {sorted(VALUES[template])}, not {sorted(values)}")


def mail_text(template: str, values: Mapping[str, Any], sender: Sender, public_url: str) -> tuple[str, str]:
    """Return the subject and the text of a mail: the short message, where to look, and why it came.

    Raises:
        ValueError: as `check_values`; or the template does not go by mail.
    """
    if template not in SUBJECTS:
        raise ValueError(f"{template} does not go by mail")
    text = message_text(template, values, sender)
    mail = _messages.get_template("mail.txt")
    written = mail.render(text=text, town=sender.town, centre_phone=sender.centre_phone, find=f"{public_url}/orders")
    return f"【{sender.town}】{SUBJECTS[template].format(**values)}", written


def message_text(template: str, values: Mapping[str, Any], sender: Sender) -> str:
    """Return the text of a short message.

    Raises:
        ValueError: as `check_values`.
    """
    check_values(template, values)
    filled = _messages.get_template(f"{template}.txt").render(
        {**values, "town": sender.town, "centre_phone": sender.centre_phone}
    )
    return " ".join(filled.split())
