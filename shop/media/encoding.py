"""A picture's bytes as they are kept and served, and the same picture smaller."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

WEBP_EFFORT = 2
"""libwebp's `method`: 4 takes twice the time for files 4 % smaller."""
AVIF_SPEED = 7
"""Of 0 to 10, where 10 is quickest."""


@dataclass(frozen=True)
class Plain:
    """A photo re-encoded.

    Attributes:
        jpeg: at most 1920 px on its long edge.
        usual: the same 640 px across, as JPEG; empty when it is no wider anyway.
        width: of `jpeg`, in pixels.
        height: of `jpeg`, in pixels.
        colour: average, as #rrggbb.
    """

    jpeg: bytes
    usual: bytes
    width: int
    height: int
    colour: str


def encoded(image: Image.Image, extension: str, quality: int) -> bytes:
    """Return a picture's bytes as `jpg`, `webp` or `avif`, with nothing but the picture in them."""
    out = BytesIO()
    if extension == "webp":
        image.save(out, "WEBP", quality=quality, method=WEBP_EFFORT, exif=b"", icc_profile=b"", xmp=b"")
    elif extension == "avif":
        image.save(out, "AVIF", quality=quality, speed=AVIF_SPEED, exif=b"", icc_profile=b"", xmp=b"")
    else:
        image.save(out, "JPEG", quality=quality, progressive=True, optimize=True, exif=b"", icc_profile=None)
    return out.getvalue()


def opened(jpeg: bytes) -> Image.Image:
    """Return a kept photo decoded.

    Raises:
        OSError: the file is not what was kept.
    """
    with Image.open(BytesIO(jpeg), formats=("JPEG",)) as image:
        image.load()
        return image


def scaled(image: Image.Image, width: int) -> Image.Image:
    """Return a picture scaled to a width in pixels."""
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS)
