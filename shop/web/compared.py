"""Two versions of one thing side by side, part by part."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Compared:
    """One part of a thing, as two people or two versions tell it; see the compare component."""

    label: str
    now: str
    then: str

    @property
    def differs(self) -> bool:
        """The two are not the same."""
        return self.now != self.then
