"""Sealing what must not be read from a database or a backup: authenticated encryption under keys that can be turned."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"shanhuo vault"


def _fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return Fernet(urlsafe_b64encode(derived))


class Vault:
    """Seals under the first key and opens what any of the keys sealed.

    Args:
        keys: long secrets as the operator set them, the newest first.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = MultiFernet([_fernet(key) for key in keys])

    def seal(self, text: str) -> str:
        """Return a text sealed; twice the same text looks different."""
        return self._keys.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return what was sealed.

        Raises:
            cryptography.fernet.InvalidToken: no key of ours sealed it, or somebody changed it.
        """
        return self._keys.decrypt(sealed.encode()).decode()

    def opens(self, sealed: str) -> bool:
        """Tell whether one of the keys opens it."""
        try:
            self.open(sealed)
        except InvalidToken:
            return False
        return True

    def turned(self, sealed: str) -> str:
        """Return the same sealed anew under the first key, so that the older ones can be thrown away.

        Raises:
            cryptography.fernet.InvalidToken: as `open`.
        """
        return self._keys.rotate(sealed.encode()).decode()
