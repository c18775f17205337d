"""Photos for an import, found in a folder by the goods' refs: REF.jpg, REF-2.png, REF_3.heic, or a folder REF."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

from shop.catalog.imports.reasons import Reason
from shop.catalog.imports.sheets import Flaw
from shop.catalog.rules import MAX_PHOTOS
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.media.rules import MAX_BYTES, BadPhoto
from shop.media.rules import Flaw as PhotoFlaw
from shop.media.sandbox import decoded
from shop.media.services import receive
from shop.media.storage import Store

NUMBERED = re.compile(r"(.+?)[-_ ]*[(（]?(\d{1,3})[)）]?")
FIRST = 0


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


class PhotoFolder:
    """Takes in the photos of a folder as their goods come along; the same photo twice is one.

    Args:
        refs: every ref of the file: REF-2.jpg is the second photo of REF unless there are goods called REF-2.
        is_rehearsal: look at the photos, keep none.

    Attributes:
        unmatched: names of files that belong to no goods of the file.
    """

    def __init__(
        self,
        folder: Path,
        refs: Collection[str],
        edge: Edge,
        store: Store,
        *,
        is_rehearsal: bool,
        actor: Actor,
        clock: Clock,
    ) -> None:
        self._edge, self._store, self._actor, self._clock = edge, store, actor, clock
        self._is_rehearsal = is_rehearsal
        self.unmatched: list[str] = []
        known = {_plain(ref) for ref in refs}
        found: dict[str, list[tuple[int, str, Path]]] = defaultdict(list)
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder).parts
            if not path.is_file() or any(part.startswith((".", "__")) for part in inside):
                continue
            ref, place = _meant(inside, known)
            if ref is None:
                self.unmatched.append("/".join(inside))
            else:
                found[ref].append((place, path.name, path))
        self._found = {ref: [path for *_order, path in sorted(files)] for ref, files in found.items()}

    def take(self, ref: str) -> tuple[tuple[str, ...] | None, list[Flaw]]:
        """Take in the photos of one thing; None when the folder has none, so that those it has stay.

        Returns:
            Their keys, the cover first, and what was not taken.
        """
        files = self._found.get(_plain(ref), [])
        flaws, keys = [], []
        if len(files) > MAX_PHOTOS:
            flaws.append(Flaw("", Reason.TOO_MANY_PHOTOS, str(MAX_PHOTOS), files[MAX_PHOTOS].name))
        for path in files[:MAX_PHOTOS]:
            try:
                key = self._received(path)
            except BadPhoto as refusal:
                flaws.append(Flaw("", Reason.PHOTO, f"{path.name}: {refusal.reason}", path.name))
            else:
                keys.append(key)
        return (tuple(dict.fromkeys(key for key in keys if key)) or None), flaws

    def _received(self, path: Path) -> str:
        if path.stat().st_size > MAX_BYTES:
            raise BadPhoto(PhotoFlaw.TOO_LARGE)
        raw = path.read_bytes()
        if self._is_rehearsal:
            decoded(raw)
            return ""
        return receive(self._edge.transaction, self._store, raw, actor=self._actor, clock=self._clock).key


def _meant(inside: tuple[str, ...], known: Collection[str]) -> tuple[str | None, int]:
    """Return whose photo a file is, by its path in the folder, and which of them; None for nobody's."""
    if len(inside) > 1 and _plain(inside[0]) in known:
        digits = re.findall(r"\d+", inside[-1])
        return _plain(inside[0]), int(digits[-1]) if digits else FIRST
    stem = _plain(Path(inside[-1]).stem)
    if stem in known:
        return stem, FIRST
    numbered = NUMBERED.fullmatch(stem)
    if numbered is not None and numbered[1] in known:
        return numbered[1], int(numbered[2])
    return None, FIRST
