"""How passwords are kept: Argon2id (RFC 9106)."""

import secrets
import unicodedata

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError


class Hasher:
    """Hashes and verifies passwords.

    The default profile is OWASP's first recommendation for Argon2id in less memory (19 MiB, 2 passes, 1 lane; Password
    Storage Cheat Sheet): thirty people signing in at once fit a small machine. A hash carries its own profile, so the
    profile may change: an outdated hash is renewed when its person next signs in.

    Args:
        time_cost: passes over the memory.
        memory_kib: memory of one hash in KiB.
        lanes: degree of parallelism.
    """

    def __init__(self, *, time_cost: int = 2, memory_kib: int = 19_456, lanes: int = 1) -> None:
        self._argon2 = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=lanes, type=Type.ID)
        self._nobody = self._argon2.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        """Return the salted hash of a password."""
        return self._argon2.hash(_normal(password))

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Tell whether the password belongs to the hash; without a hash the same work is done and the answer is no."""
        try:
            self._argon2.verify(password_hash or self._nobody, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether the hash was made with another profile than today's."""
        return self._argon2.check_needs_rehash(password_hash)


def _normal(password: str) -> str:
    # A Chinese keyboard may type full-width letters and figures that look the same to the person.
    return unicodedata.normalize("NFKC", password)
