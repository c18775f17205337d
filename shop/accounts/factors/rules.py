"""Rules of the second factor: time-based codes (RFC 6238), recovery codes, and how often one may try."""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from shop.accounts.rules import Limit
from shop.kernel.codes import clean_code, new_code
from shop.kernel.errors import ShopError

STEP_S, DIGITS, KEY_BYTES = 30, 6, 20
"""What authenticators take without being told: six digits, half a minute, SHA-1 (RFC 6238, 1.2 and 5.1; RFC 4226, 4:
a key of 160 bits)."""
DRIFT = 1
"""So many half minutes a phone's clock may be off, either way (RFC 6238, 5.2)."""
FIGURES = re.compile(r"\d{6}", re.ASCII)

RECOVERY_CODES, RECOVERY_LENGTH = 10, 10
"""Ten codes of ten characters: 49 bits each, of which thirty may be tried a day."""

FACTOR_PERSON = Limit("factor:person", 6, timedelta(minutes=15))
FACTOR_DAY = Limit("factor:day", 30, timedelta(days=1))
"""Three codes count at any moment: thirty wrong ones a day guess right once in thirty years."""


class WrongFactor(ShopError):
    """The code opens nothing: mistyped, used already, too old, or of another phone, all alike."""


class NotEnrolled(ShopError):
    """The person has no second factor yet, or has begun none."""


def new_key() -> str:
    """Return a fresh key as people type it: 160 random bits in base 32."""
    return base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()


def step_of(now: datetime) -> int:
    """Return which half minute since 1970 it is."""
    return int(now.timestamp()) // STEP_S


def code_at(key: str, step: int) -> str:
    """Return the six digits of a key in one half minute."""
    return _totp(key).generate(step * STEP_S).decode()


def step_typed(key: str, typed: str, now: datetime) -> int | None:
    """Return the half minute whose code was typed, within the drift of now; None when it is none of them."""
    around = range(step_of(now) - DRIFT, step_of(now) + DRIFT + 1)
    # Every one is compared: how long it takes tells nothing.
    right = [step for step in around if hmac.compare_digest(code_at(key, step), typed)]
    return max(right, default=None)


def set_up_address(key: str, person: str, town: str) -> str:
    """Return what an authenticator reads from the square code (Google's Key Uri Format)."""
    return _totp(key).get_provisioning_uri(person, town)


def _totp(key: str) -> TOTP:
    return TOTP(base64.b32decode(key), DIGITS, SHA1(), STEP_S)  # noqa: S303 - what authenticators know; RFC 4226, B.2


def new_recovery_codes() -> tuple[str, ...]:
    """Return ten codes, all different."""
    codes: set[str] = set()
    while len(codes) < RECOVERY_CODES:
        codes.add(new_code(RECOVERY_LENGTH))
    return tuple(sorted(codes))


def recovery_digest(secret: str, user_id: int, code: str) -> str:
    """Return what is kept of a recovery code: keyed, so that a copy of the database tells nothing."""
    said = f"recovery\0{user_id}\0{code}".encode()
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()


def clean_factor(typed: str) -> str:
    """Return a typed code in its stored form, of either kind."""
    return clean_code(typed)[:40]


def is_figures(typed: str) -> bool:
    """Tell whether a cleaned code is one of the authenticator's; otherwise it can only be a recovery code."""
    return FIGURES.fullmatch(typed) is not None
