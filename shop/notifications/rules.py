"""What short messages say: the templates, the values each takes, and how they are filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from shop.kernel.languages import Language
from shop.notifications.subjects import SUBJECTS
from shop.notifications.tongues import HOME, Tongue, path_of, written

BLACKED_OUT = "●●●●●●"

VALUES: dict[str, frozenset[str]] = {
    "order_placed": frozenset({"code", "total_fen"}),
    "order_agreed": frozenset({"code", "total_fen"}),
    "order_paid": frozenset({"code", "total_fen"}),
    "order_lies": frozenset({"code", "total_fen", "when"}),
    "order_cancelled": frozenset({"code"}),
    "order_readdressed": frozenset({"code"}),
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
("土鸡蛋30枚 2份"), to buyers a name alone, or of each thing its name, how many and of what unit
([["土鸡蛋30枚", 2, "份"]]), `due` a moment of the town ("10月2日18:00"), `reason` why the goods were not taken, or
are called back, `where` the centre's address, `is_granted` whether the order is let go, `words` what the centre says
to that, or did, `is_standing` whether a vendor applied for another standing, `parts` what has to be mended in an
application, `others` how many more there are, `why` they are ("paper_expired", "not_confirmed", or the centre's own
words), `kind` of paper, `until` its last day, `how` a vendor stands now ("suspended", "restored", "leaving", "staying"
or "left") or what became of a pick-up run ("planned", "changed", "off"), `when` and `place` of the car, or `when` the
counter opens at which goods lie already (["2026-11-23", "08:00"], "" being now), `car` its hour and place in one or "",
`missing` how many of it will not come, of what unit, and of how many more things there is too little ([2, "份", 0]),
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
    "order_readdressed": Purpose.ORDER,
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

TO_BUYERS = frozenset(SUBJECTS) | {"question_answered", "reset_code", "entry_code"}
"""Templates that stand in every language, each a text of its own as a provider registers it; whoever sells or works
here reads the town's own."""

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

REPEATED = frozenset({"order_readdressed"})
"""Templates that anybody can have sent again and again, in the same words: of those over the cap one waits for all."""

SECRET = frozenset({"reset_code", "entry_code", "helper_code"})
"""Templates whose values are secrets; they reach `deliver` beside the facts, never in the outbox."""


@dataclass(frozen=True)
class Sender:
    """Who signs a short message: the town, and the number of its centre."""

    town: str
    centre_phone: str


def check_values(template: str, values: Mapping[str, Any]) -> None:
    """Refuse a message that could not be written later.

    Raises:
        ValueError: there is no such template, it has no purpose, or its values are not exactly the ones given.
    """
    if template not in VALUES or template not in PURPOSES:
        raise ValueError(f"no message {template}")
    if set(values) != VALUES[template]:
        raise ValueError(f"{template} takes {sorted(VALUES[template])}, not {sorted(values)}")


def mail_text(
    template: str, values: Mapping[str, Any], sender: Sender, public_url: str, tongue: Tongue = HOME
) -> tuple[str, str]:
    """Return the subject and the text of a mail: the short message, where to look, and why it came.

    Raises:
        ValueError: as `message_text`; or the template does not go by mail.
    """
    if template not in SUBJECTS:
        raise ValueError(f"{template} does not go by mail")
    text = message_text(template, values, sender, tongue)
    mail = written(tongue).get_template(path_of("mail", tongue.language))
    whole = mail.render(text=text, town=sender.town, centre_phone=sender.centre_phone, find=f"{public_url}/orders")
    subject = SUBJECTS[template][tongue.language].format(**values)
    return tongue.finished(f"【{sender.town}】{subject}"), tongue.finished(whole)


def message_text(template: str, values: Mapping[str, Any], sender: Sender, tongue: Tongue = HOME) -> str:
    """Return the text of a short message, signed as the provider knows the town in whatever language it is.

    Raises:
        ValueError: as `check_values`; or there is no such template in this language.
    """
    check_values(template, values)
    if tongue.language is not Language.HANS and template not in TO_BUYERS:
        raise ValueError(f"{template} is written in the town's own language alone")
    message = written(tongue).get_template(path_of(template, tongue.language))
    filled = message.render({**values, "town": sender.town, "centre_phone": sender.centre_phone})
    signature, end, said = " ".join(filled.split()).partition("】")
    return f"{signature}{end}{tongue.finished(said)}"
