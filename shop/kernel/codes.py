"""Codes that people read, say on the phone and type; ids never leave the house."""

import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0/O, 1/I/L or U: they are mistaken for one another on paper and on the phone."""


def new_code(length: int) -> str:
    """Return a random code of that many characters; uniqueness is the database's business."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_token() -> str:
    """Return an unguessable URL-safe token of 192 bits."""
    return secrets.token_urlsafe(24)


def clean_code(typed: str) -> str:
    """Return a typed code in its stored form: narrow letters in upper case and figures, without blanks and dashes."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", typed).upper() if ch.isalnum())
