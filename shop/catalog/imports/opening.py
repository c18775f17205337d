"""Telling by its first bytes and its name what kind of sheet a file is."""

from pathlib import Path

from shop.catalog.imports.reasons import Reason, Unreadable
from shop.catalog.imports.sheets import Reader, check_size
from shop.catalog.imports.texts import CsvReader, JsonlReader, encoding_of
from shop.catalog.imports.workbooks import WorkbookReader

ZIP = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How old .xls files begin, and those that Excel locked with a password."""
PACKAGE = "EncryptedPackage".encode("utf-16-le")


def open_sheet(path: Path) -> Reader:
    """Return a reader for a file of goods; what it is, its content says before its name does.

    Raises:
        Unreadable: with the reason.
        OSError: there is no such file, or this user may not read it.
    """
    check_size(path)
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(ZIP):
        return WorkbookReader(path)
    if head.startswith(COMPOUND):
        raise Unreadable(Reason.LOCKED if PACKAGE in path.read_bytes() else Reason.OLD_XLS)
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xls") and b"\0" in head:
        raise Unreadable(Reason.DAMAGED)
    start = head.decode(encoding_of(path), errors="ignore").lstrip().lower()
    if start.startswith(("<!doctype", "<html", "<table", "<?xml", "<meta")):
        raise Unreadable(Reason.HTML)
    if not start:
        raise Unreadable(Reason.EMPTY)
    if start.startswith("["):
        raise Unreadable(Reason.JSON_ARRAY)
    if start.startswith("{") or path.suffix.lower() in (".jsonl", ".ndjson"):
        return JsonlReader(path)
    return CsvReader(path)
