"""How people ask: what in a typed text is the question, and what is only the asking."""

import re
from pathlib import Path

from shop.search.analysis import NET_CONTENT, normalised

FILE = Path(__file__).parent / "data" / "asking.txt"


def _section(name: str) -> list[str]:
    """Return the words of a section of the file, the longest first."""
    text = FILE.read_text(encoding="utf-8").partition(f"[{name}]\n")[2].partition("[")[0]
    return sorted(set(text.split()), key=lambda word: (-len(word), word))


PHRASES = re.compile("|".join(map(re.escape, _section("phrases"))))
STOP = frozenset(_section("words"))
"""Words that nobody looks for; of a question that has nothing else they are looked for after all."""
DECORATION = re.compile(r"[【】\[\]()（）{}<>《》!！?？~～*#@&^%$|\\/_=+;；:：,，.。、…·\"“”‘’`]+")


def question_in(typed: str) -> str:
    """Return what is looked for in a typed text, normalised: without weights, prices, politeness and ornament."""
    plain = NET_CONTENT.sub(" ", DECORATION.sub(" ", normalised(typed)))
    return PHRASES.sub(" ", plain)
