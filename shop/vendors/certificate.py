"""The seal of a seller's certificate, by which a printed copy is checked against what the centre keeps today.

The seal goes with the printed address. It holds the day of printing, a short mark of each thing the certificate said
and a keyed digest over all of it and the vendor's code, so that nobody can make or guess one, and what has changed
since can be named without keeping a copy of every print.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

PURPOSE = b"shanhuo certificate"
DAY_BYTES, MARK_BYTES, DIGEST_BYTES = 3, 3, 15


class Said(StrEnum):
    """What a certificate says, each marked on its own."""

    STATE = "state"
    NAME = "name"
    VILLAGE = "village"
    STANDING = "standing"
    LICENCE = "licence"
    PAPERS = "papers"


BODY_BYTES = DAY_BYTES + MARK_BYTES * len(Said)


@dataclass(frozen=True)
class Checked:
    """A printed copy that the centre issued.

    Attributes:
        on: the town day of printing.
        changed: what the centre keeps otherwise today.
    """

    on: date
    changed: tuple[Said, ...]


def sealed(secret: str, code: str, says: Mapping[Said, str], on: date) -> str:
    """Return the seal of a certificate printed on a town day: 48 characters that may stand in an address."""
    body = on.toordinal().to_bytes(DAY_BYTES, "big") + b"".join(_mark(secret, code, part, says) for part in Said)
    return urlsafe_b64encode(body + _digest(secret, code, body)).decode().rstrip("=")


def checked(secret: str, code: str, says: Mapping[Said, str], seal: str) -> Checked | None:
    """Return what a seal tells, measured against what the certificate says today; None when it is not ours."""
    raw = _bytes(seal)
    body, digest = raw[:BODY_BYTES], raw[BODY_BYTES:]
    if len(raw) != BODY_BYTES + DIGEST_BYTES or not hmac.compare_digest(digest, _digest(secret, code, body)):
        return None
    marks = body[DAY_BYTES:]
    kept = {part: marks[i * MARK_BYTES : (i + 1) * MARK_BYTES] for i, part in enumerate(Said)}
    changed = tuple(part for part in Said if kept[part] != _mark(secret, code, part, says))
    return Checked(date.fromordinal(int.from_bytes(body[:DAY_BYTES], "big")), changed)


def _key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), PURPOSE, "sha256")


def _mark(secret: str, code: str, part: Said, says: Mapping[Said, str]) -> bytes:
    text = f"{code}\0{part.value}\0{says[part]}"
    return hmac.digest(_key(secret), text.encode(), "sha256")[:MARK_BYTES]


def _digest(secret: str, code: str, body: bytes) -> bytes:
    return hmac.digest(_key(secret), b"seal\0" + code.encode() + b"\0" + body, "sha256")[:DIGEST_BYTES]


def _bytes(seal: str) -> bytes:
    """Return what a seal holds; nothing when it is not written as one."""
    try:
        raw = urlsafe_b64decode(seal.encode("ascii") + b"=" * (-len(seal) % 4))
    except ValueError:  # also of characters beyond ASCII
        return b""
    # Only the one way of writing it counts: no stray characters that decoding passes over.
    return raw if urlsafe_b64encode(raw).decode().rstrip("=") == seal else b""
