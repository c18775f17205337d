"""Static files: style sheets joined by audience, every file fingerprinted, compressed once, served for ever."""

import gzip
import hashlib
import re
import shutil
import tempfile
from pathlib import Path

import brotli
from flask import Flask
from whitenoise import WhiteNoise

STATIC = Path(__file__).parents[2] / "static"
SCREEN = ("tokens.css", "base.css", "layout.css", "components/*.css")
PRINT = ("tokens.css", "print.css", "print_*.css")
# Styles of villagers, staff and driver alone: a buyer's first visit on a weak line does not carry them.
AT_WORK = frozenset(
    {
        "acting.css", "asked.css", "board.css", "bring.css", "came.css", "camera.css", "chart.css", "codes.css",
        "compare.css", "demand.css", "drafting.css", "frame_bench.css", "frame_booth.css", "joining.css", "keep.css",
        "kinds.css", "matter.css", "money_rows.css", "packing.css", "past.css", "pattern.css", "queue.css",
        "report.css", "signature.css", "tile.css", "undo.css", "upload.css",
    }
)  # fmt: skip
PREFIX = "/static/"
TEXT = {".css", ".js", ".svg", ".txt", ".json", ".webmanifest"}
YEAR_S = 31_536_000


def _joined(patterns: tuple[str, ...], without: frozenset[str] = frozenset()) -> bytes:
    """Return style sheets joined in their order, without comments and indents."""
    css = STATIC / "css"
    files = [path for pattern in patterns for path in sorted(css.glob(pattern)) if path.name not in without]
    bare = re.sub(r"/\*.*?\*/", "", "\n".join(path.read_text() for path in files), flags=re.DOTALL)
    return "\n".join(line.strip() for line in bare.splitlines() if line.strip()).encode()


def _sources() -> dict[str, bytes]:
    files = {"shop.css": _joined(SCREEN, AT_WORK), "house.css": _joined(SCREEN), "print.css": _joined(PRINT)}
    for path in sorted(STATIC.rglob("*")):
        name = path.relative_to(STATIC).as_posix()
        if path.is_file() and not name.startswith("css/"):
            files[name] = path.read_bytes()
    return files


class Assets:
    """The built static files.

    One mark covers the whole build, so that a script's relative imports (`./photo.js`) can live under the same folder.

    Args:
        cache: folder that may be written; each build has its own folder in it, and two processes may build at once.
    """

    def __init__(self, cache: Path) -> None:
        sources = _sources()
        digest = hashlib.sha256()
        for name, content in sources.items():
            digest.update(name.encode() + b"\0" + content + b"\0")
        self.mark = digest.hexdigest()[:12]
        self.root = cache / self.mark
        self.names = frozenset(sources)
        if not self.root.exists():
            self._build(sources)

    def _build(self, sources: dict[str, bytes]) -> None:
        self.root.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=self.root.parent))
        for name, content in sources.items():
            path = scratch / self.mark / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            if path.suffix in TEXT:
                Path(f"{path}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
                Path(f"{path}.br").write_bytes(brotli.compress(content))
        try:
            scratch.replace(self.root)
        except OSError:  # another process was quicker; its build is the same
            shutil.rmtree(scratch, ignore_errors=True)

    def url(self, name: str) -> str:
        """Return a static file's URL.

        Raises:
            KeyError: there is no such file; a template with a wrong name fails in its first test.
        """
        if name not in self.names:
            raise KeyError(name)
        return f"{PREFIX}{self.mark}/{name}"


def init_assets(app: Flask, cache: Path) -> None:
    """Serve static files from the same process, compressed and immutable."""
    assets = Assets(cache)
    app.extensions["assets"] = assets
    app.jinja_env.globals["asset"] = assets.url
    served = WhiteNoise(
        app.wsgi_app, max_age=YEAR_S, immutable_file_test=lambda _path, _url: True, mimetypes={".js": "text/javascript"}
    )
    served.add_files(str(assets.root), prefix=PREFIX)
    app.wsgi_app = served  # type: ignore[method-assign]
