"""Rules of signing in: what a phone number and a password may be, how often one may try, how secrets are digested.

And of kept addresses: what one is, and how many a member may keep.
"""

import hashlib
import hmac
import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from shop.accounts.models import Viewed, ViewReason
from shop.kernel.errors import Invalid, ShopError

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
"""A mainland mobile number; 10, 11 and 12 begin no mobile number in the MIIT numbering plan."""

MAX_NAME = 40
CLOSED_NAME = "已注销"
"""Stands where the name of a closed account's person stood."""
MIN_PASSWORD, MAX_PASSWORD = 8, 128
COMMONEST = frozenset(Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split())
"""Passwords that guessers try first; whatever is short is refused already."""

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
KEEP_ATTEMPTS = timedelta(days=1)
KEEP_CODES = timedelta(days=7)

OWN_LIFE = timedelta(days=180)
"""How long a sign-in on one's own phone lasts."""
SHARED_LIFE = timedelta(hours=12)
"""How long one on a shared phone lasts at most, however busy."""
SHARED_IDLE = timedelta(minutes=30)
"""How long a shared phone may lie unused before it forgets the person."""
KEEP_SIGN_INS = timedelta(days=30)
"""How long an ended sign-in stays in the log."""

PIN = re.compile(r"\d{4}", re.ASCII)
COMMON_PINS = frozenset(
    {"0258", "0520", "0852", "1122", "1314", "1688", "2580", "5200", "5201", "6688", "8520", "8866"}
)
"""Chosen often for their sound, or for their place on the keys; the rest of the weak ones follow a rule."""
BIRTH_YEARS = range(1920, 2031)
CARD_MISSES, CARD_LOCK = 5, timedelta(minutes=30)
"""So many wrong PINs lock a card for so long."""
CARD_DAY_MISSES, CARD_DAY = 15, timedelta(days=1)
"""So many within a day stop it, until the centre issues another."""
BENCH_ROLES = frozenset({"staff", "counter", "packer", "driver", "finance", "manager"})
"""Who works for the centre gets no card: four figures guard a household's stall, not everybody's."""

MAX_REASON = 100
"""Characters of why a role was given or taken."""
DRIVING_ROLES = ("driver", "manager")
SEEING_ROLES = ("staff", "counter", "manager")
"""Who speaks with buyers, and so may look at a full phone and address when there is a reason."""
INTAKE_ROLES = ("staff", "packer", "manager")
"""Who takes goods in, and so may look at the photos of that, and at lists that were signed at the door."""
BOX_ROLES = ("staff", "packer", "counter", "manager")
"""Who packs boxes, and who is asked what was in them."""
PAYING_ROLES = ("finance", "manager")
"""Who pays households, and so may see where to."""
SEEN_BY: Mapping[Viewed, tuple[str, ...]] = {
    Viewed.RECIPIENT: SEEING_ROLES,
    Viewed.HOUSEHOLDS: SEEING_ROLES,
    Viewed.LETTER: SEEING_ROLES,
    Viewed.PROOF: INTAKE_ROLES,
    Viewed.PROMISE: INTAKE_ROLES,
    Viewed.CONSENT: ("staff", "manager"),
    Viewed.DOOR: ("staff", "manager"),
    Viewed.BOX_PHOTO: BOX_ROLES,
    Viewed.SIGNED_LIST: INTAKE_ROLES,
    Viewed.ACCOUNTS: PAYING_ROLES,
    Viewed.RECEIPT: PAYING_ROLES,
    Viewed.CLAIM: SEEING_ROLES,
    Viewed.INVOICE: ("staff", "finance", "manager"),
}
"""Whose work needs to see what."""
SHOWN_FOR = timedelta(minutes=15)
"""So long after the reason was given the same person sees it on the same order's page."""
NOT_CHOSEN = frozenset({ViewReason.DEMAND, ViewReason.RUN, ViewReason.WORK})
ABOUT_BUYERS = tuple(why for why in ViewReason if why not in NOT_CHOSEN)
"""Why one asks to look at a buyer's phone and address; a driver's run and the bench are no wish but the work itself."""
KEEP_VIEWS = timedelta(days=3 * 365)
"""Looks at personal data are kept three years. Source: PIPL (2021) art. 56: records of handling for at least three."""

MAX_KEPT = 10
"""Addresses a member may keep; one more lets the one go that was used longest ago."""

LONGEST = {"name": 30, "phone": 20, "province": 20, "city": 30, "district": 30, "street": 120}
"""Characters of each part of an address."""


@dataclass(frozen=True)
class PostalAddress:
    """To whom and where, as it is kept and printed; every part is told."""

    name: str
    phone: str
    """Normal form, see `normal_phone`."""
    province: str
    """Short: 四川."""
    city: str
    district: str
    street: str


class WrongCredentials(ShopError):
    """Phone and password do not open anything: no such person, a closed account or another password, all alike."""


class WrongCode(ShopError):
    """The code opens nothing: never sent, mistyped, used, too old or tried too often, all alike."""


class CardStopped(ShopError):
    """The card opens nothing: stopped by the centre, replaced, guessed at too often, or its person may not come in."""


class WrongPin(ShopError):
    """The PIN is another; `left` tries are left before the card is locked for a while."""

    def __init__(self, left: int) -> None:
        super().__init__("wrong_pin")
        self.left = left


@dataclass(frozen=True)
class Limit:
    """So many tries of one act in a sliding window of time."""

    act: str
    tries: int
    window: timedelta


# A whole village may share one address behind its operator's NAT, so an address may try far more often than a phone.
SIGN_IN_PHONE = Limit("sign-in:phone", 8, timedelta(minutes=15))
SIGN_IN_ADDRESS = Limit("sign-in:address", 80, timedelta(minutes=15))
ASK_PHONE = Limit("ask-code:phone", 3, timedelta(hours=1))
ASK_ADDRESS = Limit("ask-code:address", 10, timedelta(hours=1))
RESET_PHONE = Limit("reset:phone", 15, timedelta(hours=1))
RESET_ADDRESS = Limit("reset:address", 60, timedelta(hours=1))
ASK_ENTRY_ADDRESS = Limit("ask-entry:address", 30, timedelta(hours=1))
ENTER_PHONE = Limit("enter:phone", 15, timedelta(hours=1))
ENTER_ADDRESS = Limit("enter:address", 60, timedelta(hours=1))


def normal_phone(typed: str) -> str:
    """Return a typed number as it is kept: ASCII digits, without blanks, dashes and China's prefix."""
    text = "".join(ch for ch in unicodedata.normalize("NFKC", typed) if not ch.isspace() and ch not in "-‐‑–—()")
    for prefix in ("+86", "0086"):
        text = text.removeprefix(prefix)
    return text[2:] if len(text) == 13 and text.startswith("86") else text


def check_phone(phone: str) -> None:
    """Refuse what is no mobile number.

    Raises:
        Invalid: field "phone", reason "shape".
    """
    if not MOBILE.fullmatch(phone):
        raise Invalid("phone", "shape")


def check_name(name: str) -> None:
    """Refuse what is no name of a person.

    Raises:
        Invalid: field "name", reason "length".
    """
    if not 1 <= len(name) <= MAX_NAME:
        raise Invalid("name", "length")


def check_address(address: PostalAddress) -> None:
    """Refuse an address with a part that is empty, too long or no mobile number.

    Raises:
        Invalid: field: the part; reason "missing", "long" or "shape" (the phone).
    """
    for part, longest in LONGEST.items():
        told: str = getattr(address, part)
        if not told.strip():
            raise Invalid(part, "missing")
        if len(told) > longest:
            raise Invalid(part, "long")
    check_phone(address.phone)


def check_password(password: str, phone: str) -> None:
    """Refuse a password that is guessed at once.

    Raises:
        Invalid: field "password"; reason "short", "long", "phone" (it is the person's number) or "common".
    """
    if len(password) < MIN_PASSWORD:
        raise Invalid("password", "short")
    if len(password) > MAX_PASSWORD:
        raise Invalid("password", "long")
    if normal_phone(password) == phone:
        raise Invalid("password", "phone")
    if password.casefold() in COMMONEST or len(set(password)) == 1:
        raise Invalid("password", "common")


def normal_pin(typed: str) -> str:
    """Return a typed PIN as it is compared: ASCII figures without blanks."""
    return "".join(unicodedata.normalize("NFKC", typed).split())


def check_pin(pin: str, phone: str) -> None:
    """Refuse a PIN that is not four figures, or is guessed at once.

    Raises:
        Invalid: field "pin"; reason "shape" or "weak": repeated, in a row, a year of birth, the phone's last figures.
    """
    if not PIN.fullmatch(pin):
        raise Invalid("pin", "shape")
    steps = {(int(later) - int(earlier)) % 10 for earlier, later in pairwise(pin)}
    is_row = steps in ({0}, {1}, {9})
    if is_row or pin[:2] == pin[2:] or pin in COMMON_PINS or int(pin) in BIRTH_YEARS or phone.endswith(pin):
        raise Invalid("pin", "weak")


def token_digest(token: str) -> str:
    """Return what is kept of a card's token; 192 random bits need no key against guessing."""
    return hashlib.sha256(token.encode()).hexdigest()


def pin_digest(token: str, pin: str) -> str:
    """Return what is kept of a PIN, keyed with the token on the card.

    Ten thousand PINs are tried in a moment by whoever has a copy of the database; without the card they tell nothing.
    """
    return _digest(token, "card-pin", pin).hex()


def is_pin(token: str, typed: str, digest: str) -> bool:
    """Tell whether a typed PIN is the one of a kept digest, in time that does not depend on the answer."""
    return hmac.compare_digest(pin_digest(token, normal_pin(typed).replace("\0", "")), digest)


def _digest(secret: str, purpose: str, *parts: object) -> bytes:
    # Each purpose has its own domain, and no part may hold the separator: two inputs never share a digest.
    text = "\0".join([purpose, *(str(part) for part in parts)])
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()


def network_of(address: str) -> str:
    """Return what counts as one address: an IPv6 household owns a whole /64, so its lower half says nothing."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


def attempt_key(secret: str, limit: Limit, value: str) -> str:
    """Return the key under which tries are counted: a keyed digest; a plain one of a phone is soon guessed."""
    return f"{limit.act}:{_digest(secret, 'attempt', limit.act, value.replace(chr(0), '')).hex()[:40]}"


def code_digits(secret: str, message_id: int, phone: str) -> str:
    """Return the six digits of one wanted message.

    They follow from the house's secret and the message, so a message delivered twice after a crash carries the same
    digits both times: whichever text reaches the phone is the right one. Nobody without the secret can tell them.
    """
    number = int.from_bytes(_digest(secret, "code", message_id, phone)[:8], "big")
    return f"{number % 1_000_000:06d}"


def code_digest(secret: str, message_id: int, code: str) -> str:
    """Return what is kept of a code."""
    return _digest(secret, "code-digest", message_id, code.replace("\0", "")).hex()


def is_code(secret: str, message_id: int, typed: str, digest: str) -> bool:
    """Tell whether a typed code is the one of a kept digest, in time that does not depend on the answer."""
    return hmac.compare_digest(code_digest(secret, message_id, typed), digest)
