"""What a scale says: one that types like a keyboard, or a person who reads it."""

import re
import unicodedata

GRAMS = {"g": 1, "克": 1, "kg": 1000, "千克": 1000, "公斤": 1000, "斤": 500, "两": 50}
"""What one of each unit weighs in grams; a unit that is not here is refused, never guessed."""
UNSETTLED = ("US", "OL", "TR")
"""Still moving, overloaded, the empty dish: first words of a reading that weighs nothing."""
READING = re.compile(
    r"(?:[A-Z]{2},)*\s*\+?\s*(\d{1,7})(?:\.(\d{1,4}))?\s*(" + "|".join(sorted(GRAMS, reverse=True)) + ")?"
)


def read_grams(typed: str) -> int | None:
    """Return the grams of a reading, rounded half up; None for what is not one, or not one that counts.

    Understood are whole numbers (grams), a number with its unit ("1.250kg", "2.5斤"), and the line that indicators of
    the A&D format and its many imitators send: "ST,GS,+  1.250kg". A broken number without a unit is refused: nobody
    knows whether it is kilograms or 斤.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if text[:2].upper() in UNSETTLED or any(word in text.upper().split(",") for word in UNSETTLED):
        return None
    found = READING.fullmatch(_units_lowered(text))
    if found is None:
        return None
    whole, part, unit = found[1], found[2] or "", found[3]
    if part and unit is None:
        return None
    parts = int("1" + "0" * len(part))
    return (2 * int(whole + part) * GRAMS[unit or "g"] + parts) // (2 * parts)


def _units_lowered(text: str) -> str:
    head, comma, tail = text.rpartition(",")
    return head.upper() + comma + tail.lower()
