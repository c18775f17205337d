"""Reading an OFD's files and XML with an end to both: GB/T 33190 has an OFD be a zip that holds `OFD.xml`."""

import zipfile
from io import BytesIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from shop.media.documents.rules import (
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_ENTRIES,
    MAX_ENTRY,
    MAX_UNPACKED,
    BadDocument,
    DocumentFlaw,
)

ROOT = "OFD.xml"
ENCRYPTED = 0x1
CHUNK = 1024 * 1024


def archive_of(raw: bytes) -> zipfile.ZipFile:
    """Open an OFD; the caller closes it.

    Raises:
        BadDocument: it is another zip, is locked, or holds more than an invoice ever does.
        zipfile.BadZipFile: it is no zip.
    """
    archive = zipfile.ZipFile(BytesIO(raw))
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise BadDocument(DocumentFlaw.SWOLLEN)
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise BadDocument(DocumentFlaw.LOCKED)
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise BadDocument(DocumentFlaw.DAMAGED)
    if ROOT not in archive.namelist():
        raise BadDocument(DocumentFlaw.OTHER_FORMAT)
    return archive


def unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return one file of an OFD; never more of it than its list says, whatever comes out.

    Raises:
        BadDocument: it is too large.
        KeyError: there is none of that name.
    """
    entry = archive.getinfo(name)
    if entry.file_size > MAX_ENTRY:
        raise BadDocument(DocumentFlaw.SWOLLEN)
    with archive.open(entry) as file:
        parts = list(iter(lambda: file.read(CHUNK), b""))
    return b"".join(parts)


def read_through(raw: bytes) -> None:
    """Read XML to its end, without entities and without going anywhere.

    Raises:
        BadDocument: it is no XML, declares entities or a type of its own, or is built to be endless.
    """
    depth = count = 0
    try:
        for event, element in iterparse(BytesIO(raw), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                depth, count = depth + 1, count + 1
                if depth > MAX_DEPTH or count > MAX_ELEMENTS:
                    raise BadDocument(DocumentFlaw.SWOLLEN)
            else:
                depth -= 1
                element.clear()
    except DefusedXmlException:
        raise BadDocument(DocumentFlaw.SWOLLEN) from None
    except (ParseError, ValueError, LookupError):
        raise BadDocument(DocumentFlaw.DAMAGED) from None
