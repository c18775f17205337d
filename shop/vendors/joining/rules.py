"""Rules of joining: the passages of an application, and what names, licences, permits and accounts may be."""

import re
import unicodedata
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date

from shop.kernel.errors import Invalid
from shop.vendors.joining.models import ApplicationKind, ApplicationState, Part, PayWay, Proof
from shop.vendors.models import PaperKind, Standing

NEXT: Mapping[ApplicationState, Set[ApplicationState]] = {
    ApplicationState.DRAFT: {ApplicationState.APPLIED},
    ApplicationState.APPLIED: {ApplicationState.NEEDS_FIXING, ApplicationState.APPROVED, ApplicationState.REFUSED},
    ApplicationState.NEEDS_FIXING: {ApplicationState.APPLIED},
    ApplicationState.APPROVED: set(),
    ApplicationState.REFUSED: set(),
}
OPEN = frozenset({ApplicationState.DRAFT, ApplicationState.APPLIED, ApplicationState.NEEDS_FIXING})
"""Somebody has at most one application in these."""

PARTS_OF: Mapping[ApplicationKind, tuple[Part, ...]] = {
    ApplicationKind.JOIN: tuple(Part),
    ApplicationKind.STANDING: (Part.STANDING, Part.PAPERS),
}

EXEMPT = frozenset({Standing.SELF_PRODUCED, Standing.HANDICRAFT})
"""Who needs no registration: own farm goods and home handicraft (E-Commerce Law, article 10)."""

PAPER_OF: Mapping[Proof, PaperKind] = {
    Proof.WORKSHOP_FILING: PaperKind.WORKSHOP_FILING,
    Proof.FOOD_LICENCE: PaperKind.FOOD_LICENCE,
    Proof.QUARANTINE: PaperKind.QUARANTINE,
    Proof.LIQUOR_LICENCE: PaperKind.LIQUOR_LICENCE,
}
"""The vendor's paper that a proof becomes; the others say who they are and become none."""
PROOF_OF: Mapping[PaperKind, Proof] = {kind: proof for proof, kind in PAPER_OF.items()}

LONGEST_NAME, LONGEST_PERSON, LONGEST_BANK, LONGEST_NUMBER, LONGEST_REASON = 20, 20, 30, 60, 120
MOST_GOODS = 20
MOST_YEARS = 50
"""No permit counts for longer; what ends later was mistyped."""

UNIFIED = re.compile(r"[1-9ANY][0-9A-HJ-NPQRTUWXY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}", re.ASCII)
UNIFIED_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
UNIFIED_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
OLD_LICENCE = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X][0-9]{2}", re.ASCII)
"""Tax ids from before the unified code: of 15 digits, and of 20 for a trader known by an identity card."""

STANDING_OF: Mapping[str, Standing] = {
    "91": Standing.REGISTERED,
    "92": Standing.REGISTERED,
    "93": Standing.COOPERATIVE,
    "N1": Standing.COLLECTIVE,
    "N2": Standing.COLLECTIVE,
    "N3": Standing.COLLECTIVE,
}

CARD = re.compile(r"[0-9]{15,19}", re.ASCII)
WECHAT = re.compile(r"1[3-9][0-9]{9}|[A-Za-z][-_A-Za-z0-9]{5,19}", re.ASCII)
"""A WeChat id, or the mobile number it hangs on."""


@dataclass(frozen=True)
class Need:
    """Something that has to be shown.

    Attributes:
        proofs: any one of these is enough.
        goods: names of the shelves that ask for it; none when the standing does.
    """

    proofs: tuple[Proof, ...]
    goods: tuple[str, ...] = ()


@dataclass(frozen=True)
class Account:
    """How somebody wants to be paid, as they typed it; it is sealed at once and stays in no log and no cookie."""

    way: PayWay
    holder: str = ""
    bank: str = ""
    number: str = ""


def check_name(field: str, name: str, longest: int) -> None:
    """Refuse a name that is empty, too long, or holds more than letters, figures and the marks that names have.

    Raises:
        Invalid: the field; reason "missing", "long" or "signs".
    """
    if not name.strip():
        raise Invalid(field, "missing")
    if len(name) > longest:
        raise Invalid(field, "long")
    if not all(unicodedata.category(ch)[0] in "LN" or ch in " ·•.-—()（）、" for ch in name):
        raise Invalid(field, "signs")


def plain_number(typed: str) -> str:
    """Return a typed number or code in its plain form: half width, upper case, without blanks and dashes."""
    text = unicodedata.normalize("NFKC", typed)
    return "".join(ch for ch in text if not ch.isspace() and ch not in "-‐‑–—").upper()


def check_digit(code: str) -> str:
    """Return the check character that belongs to the first seventeen of a unified social credit code (GB 32100-2015).

    Raises:
        ValueError: one of them is not in the code's alphabet.
    """
    total = sum(UNIFIED_ALPHABET.index(ch) * weight for ch, weight in zip(code[:17], UNIFIED_WEIGHTS, strict=True))
    return UNIFIED_ALPHABET[(31 - total % 31) % 31]


def is_old_licence(number: str) -> bool:
    """Tell whether a plain number is one from before the unified code: taken, but somebody has to look twice."""
    return bool(OLD_LICENCE.fullmatch(number))


def standing_told_by(number: str) -> Standing | None:
    """Return the standing that the first two characters of a unified code tell, or None where they tell none.

    Source: GB 32100-2015: 91 company, 92 individual trader, 93 farmers' cooperative, N1 to N3 rural collectives.
    """
    if not UNIFIED.fullmatch(number):
        return None
    return STANDING_OF.get(number[:2])


def check_licence(number: str) -> None:
    """Refuse what is neither a unified code with its right check character nor an older id.

    Raises:
        Invalid: field "number"; reason "missing", "shape", or "check" (mistyped somewhere).
    """
    if not number:
        raise Invalid("number", "missing")
    if is_old_licence(number):
        return
    if not UNIFIED.fullmatch(number):
        raise Invalid("number", "shape")
    if number[17] != check_digit(number):
        raise Invalid("number", "check")


def check_until(until: date | None, today: date) -> None:
    """Refuse the last day of a permit that has passed or that no permit has.

    Raises:
        Invalid: field "until"; reason "missing", "ended" or "far".
    """
    if until is None:
        raise Invalid("until", "missing")
    if until < today:
        raise Invalid("until", "ended")
    if until.year > today.year + MOST_YEARS:
        raise Invalid("until", "far")


def has_number(proof: Proof) -> bool:
    """Tell whether a number stands on what is shown; a photo of the own field has none."""
    return proof is not Proof.OWN_WORK


def has_until(proof: Proof) -> bool:
    """Tell whether what is shown is a permit that ends; a registration does not."""
    return proof not in (Proof.OWN_WORK, Proof.REGISTRATION)


def check_number(proof: Proof, number: str) -> None:
    """Refuse the number of a paper when it cannot be.

    Raises:
        Invalid: as `check_licence`; field "number", reason "long".
    """
    if proof is Proof.REGISTRATION:
        check_licence(number)
    elif has_number(proof):
        if not number:
            raise Invalid("number", "missing")
        if len(number) > LONGEST_NUMBER:
            raise Invalid("number", "long")


def check_paper(proof: Proof, number: str, until: date | None, today: date) -> None:
    """Refuse what is told of a paper when it cannot be.

    Raises:
        Invalid: as `check_number` and `check_until`.
    """
    check_number(proof, number)
    if has_until(proof):
        check_until(until, today)


def is_card(number: str) -> bool:
    """Tell whether digits end in the check digit that bank cards have (ISO/IEC 7812-1, Luhn's formula)."""
    if not CARD.fullmatch(number):
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def check_account(account: Account) -> None:
    """Refuse an account that money cannot be sent to.

    Raises:
        Invalid: field "holder", "bank" or "number"; reason "missing", "long", "signs", "shape" or "check".
    """
    if account.way is PayWay.CASH:
        return
    check_name("holder", account.holder, LONGEST_PERSON)
    if account.way is PayWay.BANK:
        check_name("bank", account.bank, LONGEST_BANK)
    check_account_number(account.way, account.number)


def check_account_number(way: PayWay, number: str) -> None:
    """Refuse a plain card number or WeChat id to which money cannot be sent.

    Raises:
        Invalid: field "number"; reason "missing", "shape" or "check".
    """
    if not number:
        raise Invalid("number", "missing")
    if not (CARD if way is PayWay.BANK else WECHAT).fullmatch(number):
        raise Invalid("number", "shape")
    if way is PayWay.BANK and not is_card(number):
        raise Invalid("number", "check")


def tail_of(account: Account) -> str:
    """Return the end of an account's number, all that is ever shown: four characters of a card, two of a short id."""
    if account.way is PayWay.CASH:
        return ""
    return account.number[-4:] if len(account.number) >= 11 else account.number[-2:]


def may_change(kind: ApplicationKind, state: ApplicationState, fixing: Set[str], part: Part) -> bool:
    """Tell whether its applicant may change a part of an application: all of a draft, later what was sent back."""
    if part not in PARTS_OF[kind]:
        return False
    return state is ApplicationState.DRAFT or (state is ApplicationState.NEEDS_FIXING and part in fixing)
