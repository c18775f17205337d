"""The languages in which the house speaks to buyers."""

from enum import StrEnum


class Language(StrEnum):
    """What buyers may read the shop in, by the names the browser knows; the town's own is the first."""

    HANS = "zh_Hans"
    HANT = "zh_Hant"
    EN = "en"

    @property
    def tag(self) -> str:
        """Return the language as HTML and HTTP name it."""
        return self.value.replace("_", "-")
