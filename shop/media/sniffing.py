"""What a file is, from its first bytes: never from its name, nor from what the browser called it."""

from shop.media.rules import BadPhoto, Flaw

HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
"""ISO/IEC 23008-12, annex B; `mif1` and `msf1` say nothing of the coding, so AVIF is asked for first."""
AVIF_BRANDS = {b"avif", b"avis"}
SOUND_BRANDS = {b"M4A ", b"M4B ", b"M4P "}
CANON_RAW = b"crx "
MAX_BRANDS = 64

OTHERS = (
    (b"GIF8", Flaw.OTHER_FORMAT),
    (b"BM", Flaw.OTHER_FORMAT),
    (b"II*\0", Flaw.OTHER_FORMAT),  # TIFF, and the raw files of most cameras
    (b"MM\0*", Flaw.OTHER_FORMAT),
    (b"II+\0", Flaw.OTHER_FORMAT),
    (b"MM\0+", Flaw.OTHER_FORMAT),
    (b"8BPS", Flaw.OTHER_FORMAT),
    (b"\0\0\1\0", Flaw.OTHER_FORMAT),  # a Windows icon
    (b"\xff\x0a", Flaw.OTHER_FORMAT),  # JPEG XL, bare and boxed
    (b"\0\0\0\x0cJXL ", Flaw.OTHER_FORMAT),
    (b"\0\0\0\x0cjP  ", Flaw.OTHER_FORMAT),  # JPEG 2000
    (b"\xff\x4f\xff\x51", Flaw.OTHER_FORMAT),
    (b"\x1a\x45\xdf\xa3", Flaw.FILM),  # WebM, Matroska
    (b"\0\0\1\xba", Flaw.FILM),  # MPEG
    (b"\0\0\1\xb3", Flaw.FILM),
    (b"FLV\1", Flaw.FILM),
    (b"%PDF", Flaw.DOCUMENT),
    (b"PK\3\4", Flaw.DOCUMENT),  # a zip, and with it Word and Excel
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Flaw.DOCUMENT),  # their older kind
    (b"Rar!", Flaw.DOCUMENT),
    (b"7z\xbc\xaf\x27\x1c", Flaw.DOCUMENT),
)
OLD_FILM_BOXES = {b"moov", b"mdat", b"wide", b"skip", b"pnot"}
"""First boxes of films older than the `ftyp` box."""


def format_of(raw: bytes) -> str:
    """Return the format of a photo: JPEG, PNG, WEBP, HEIF or AVIF.

    What an SVG begins with is text, so its root element is looked for in the first kilobyte.

    Raises:
        BadPhoto: the bytes are none of these; the flaw says what they are.
    """
    if not raw:
        raise BadPhoto(Flaw.EMPTY)
    if raw.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if raw.startswith(b"RIFF"):
        return _riff(raw[8:12])
    if raw[4:8] == b"ftyp":
        return _boxed(raw)
    if raw[4:8] in OLD_FILM_BOXES:
        raise BadPhoto(Flaw.FILM)
    for start, flaw in OTHERS:
        if raw.startswith(start):
            raise BadPhoto(flaw)
    if b"<svg" in raw[:1024].replace(b"\0", b"").lower():
        raise BadPhoto(Flaw.DRAWING)
    raise BadPhoto(Flaw.NOT_A_PICTURE)


def _riff(kind: bytes) -> str:
    if kind == b"WEBP":
        return "WEBP"
    raise BadPhoto(Flaw.FILM if kind == b"AVI " else Flaw.NOT_A_PICTURE)


def _boxed(raw: bytes) -> str:
    """Tell photos from films: both are boxes that begin with a list of brands (ISO/IEC 14496-12, 4.3)."""
    end = min(int.from_bytes(raw[:4], "big"), 16 + 4 * MAX_BRANDS)
    major = raw[8:12]
    brands = {major, *(raw[at : at + 4] for at in range(16, end, 4))}
    is_still = major in HEIF_BRANDS | AVIF_BRANDS
    if is_still and brands & AVIF_BRANDS:
        return "AVIF"
    if is_still:
        return "HEIF"
    if major in SOUND_BRANDS:
        raise BadPhoto(Flaw.NOT_A_PICTURE)
    raise BadPhoto(Flaw.OTHER_FORMAT if major == CANON_RAW else Flaw.FILM)
