"""Where to go next: only ever within the house."""

from urllib.parse import urlsplit


def safe_path(wanted: str | None, default: str = "/") -> str:
    """Return a path of this site, or the default for anything that could lead elsewhere."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return default
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or any(ch < " " for ch in wanted) or "\\" in wanted:
        return default
    return wanted
