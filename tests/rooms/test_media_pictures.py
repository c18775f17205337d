"""What a phone, a scanner or a prankster may send, and what becomes of it."""

import random
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from shop.media.pictures import ORIENTATION, TURNS, plain
from shop.media.rules import BadPhoto, Flaw

RED, GREEN, BLUE, YELLOW = (200, 30, 30), (30, 160, 40), (40, 50, 200), (230, 210, 40)


def corners(width: int = 400, height: int = 300) -> Image.Image:
    """A picture whose four corners differ: red green / blue yellow."""
    image = Image.new("RGB", (width, height))
    half = (width // 2, height // 2)
    for place, colour in (((0, 0), RED), ((half[0], 0), GREEN), ((0, half[1]), BLUE), (half, YELLOW)):
        image.paste(colour, (*place, place[0] + half[0], place[1] + half[1]))
    return image


def saved(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(jpeg: bytes) -> Image.Image:
    image = Image.open(BytesIO(jpeg))
    image.load()
    return image


def near(seen: object, wanted: tuple[int, int, int], by: int = 12) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(a - b) <= by for a, b in zip(seen, wanted, strict=True))


def corner_colours(image: Image.Image) -> list[object]:
    right, low = image.width - 20, image.height - 20
    return [image.getpixel(place) for place in ((20, 20), (right, 20), (20, low), (right, low))]


def flaw_of(raw: bytes, **options: int) -> str:
    with pytest.raises(BadPhoto) as caught:
        plain(raw, **options)
    return caught.value.reason


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright_and_without_exif(orientation: int) -> None:
    sent = corners()
    if orientation in TURNS:
        undo = {
            Image.Transpose.ROTATE_90: Image.Transpose.ROTATE_270,
            Image.Transpose.ROTATE_270: Image.Transpose.ROTATE_90,
        }
        sent = sent.transpose(undo.get(TURNS[orientation], TURNS[orientation]))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[1] = "N"
    raw = saved(sent, quality=95, exif=exif)
    assert b"SecretPhone" in raw
    result = plain(raw)
    image = opened(result.jpeg)
    assert (result.width, result.height) == image.size == (400, 300)
    for seen, wanted in zip(corner_colours(image), (RED, GREEN, BLUE, YELLOW), strict=True):
        assert near(seen, wanted)
    assert not image.getexif()
    assert b"SecretPhone" not in result.jpeg
    assert b"Exif" not in result.jpeg


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_garbled_exif_block_does_not_cost_the_picture() -> None:
    raw = saved(corners(), exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + bytes(range(64)))
    assert plain(raw).width == 400


def test_a_cmyk_jpeg_becomes_rgb() -> None:
    image = opened(plain(saved(corners().convert("CMYK"), quality=95)).jpeg)
    assert image.mode == "RGB"
    assert near(corner_colours(image)[0], RED, by=25)


def test_a_grey_picture_and_one_of_two_colours_become_rgb() -> None:
    for mode in ("L", "1", "LA", "I;16"):
        raw = saved(
            corners().convert("L").convert(mode) if mode != "I;16" else Image.new("I;16", (400, 300), 40_000), "PNG"
        )
        assert opened(plain(raw).jpeg).mode == "RGB"


def test_sixteen_bits_of_grey_keep_their_brightness() -> None:
    assert plain(saved(Image.new("I;16", (400, 300), 40_000), "PNG")).colour in {"#9b9b9b", "#9c9c9c", "#9d9d9d"}


def test_what_is_clear_lies_on_white() -> None:
    clear = Image.new("RGBA", (400, 300), (255, 0, 0, 0))
    clear.paste((*GREEN, 255), (200, 0, 400, 300))
    palette = clear.quantize(16, method=Image.Quantize.FASTOCTREE)
    for raw in (saved(clear, "PNG"), saved(palette, "PNG"), saved(clear, "WEBP", lossless=True)):
        image = opened(plain(raw).jpeg)
        assert near(image.getpixel((40, 150)), (255, 255, 255))
        assert near(image.getpixel((360, 150)), GREEN)


def swapped_profile() -> bytes:
    """sRGB with red and green exchanged: whoever ignores a profile is found out."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", data[128:132])[0]
    rows = {bytes(data[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    red, green = rows[b"rXYZ"], rows[b"gXYZ"]
    data[red + 4 : red + 12], data[green + 4 : green + 12] = data[green + 4 : green + 12], data[red + 4 : red + 12]
    return bytes(data)


def test_another_colour_space_is_turned_into_srgb() -> None:
    image = opened(
        plain(saved(Image.new("RGB", (400, 300), (255, 0, 0)), quality=95, icc_profile=swapped_profile())).jpeg
    )
    assert near(image.getpixel((200, 150)), (0, 255, 0))
    assert "icc_profile" not in image.info


def test_a_broken_profile_is_left_aside() -> None:
    assert near(opened(plain(saved(corners(), quality=95, icc_profile=b"nonsense" * 40)).jpeg).getpixel((20, 20)), RED)


def test_a_large_photo_is_made_1920_long_and_a_small_one_stays() -> None:
    assert (plain(saved(corners(4000, 3000))).width, plain(saved(corners(4000, 3000))).height) == (1920, 1440)
    assert plain(saved(corners(1500, 3000))).height == 1920
    assert plain(saved(corners(500, 300))).width == 500


def test_average_colour() -> None:
    assert plain(saved(Image.new("RGB", (400, 300), (16, 32, 48)), "PNG")).colour == "#102030"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is very large."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def test_too_many_pixels_are_refused_from_the_header() -> None:
    assert flaw_of(bomb(30_000, 30_000)) == Flaw.TOO_MANY_PIXELS
    assert flaw_of(bomb(9_000, 9_000)) == Flaw.TOO_MANY_PIXELS
    assert flaw_of(saved(corners()), max_pixels=400 * 300 - 1) == Flaw.TOO_MANY_PIXELS
    assert plain(saved(corners()), max_pixels=400 * 300).width == 400


@pytest.mark.parametrize("size", [(1, 1), (159, 400), (30_000, 1), (2_000, 300)])
def test_too_small_or_too_thin(size: tuple[int, int]) -> None:
    assert flaw_of(saved(Image.new("RGB", size), "PNG")) == Flaw.TOO_SMALL


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_a_picture_cut_off_on_the_way_is_refused(kind: str, kept: float) -> None:
    noise = Image.effect_noise((400, 300), 80).convert("RGB")
    raw = saved(noise, kind)
    assert flaw_of(raw[: int(len(raw) * kept)]) in {Flaw.DAMAGED, Flaw.NOT_A_PICTURE}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"just text, called photo.jpg",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><script>alert(1)</script></svg>',
        b"%PDF-1.4 ...",
        b"\xff\xd8\xff",
        saved(Image.new("RGB", (400, 300)), "GIF"),
        saved(Image.new("RGB", (400, 300)), "TIFF"),
    ],
)
def test_what_is_no_photo_is_refused_whatever_it_is_called(raw: bytes) -> None:
    assert flaw_of(raw) == Flaw.NOT_A_PICTURE


def test_a_page_hidden_in_a_picture_does_not_survive() -> None:
    html = b"<html><script>alert(1)</script></html>"
    raw = saved(corners(), comment=html) + html
    assert raw.count(b"<script>") == 2
    assert b"script" not in plain(raw).jpeg


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_flipped_bytes_are_a_refusal_or_a_picture_never_a_crash() -> None:
    dice = random.Random(7)
    sources = [saved(corners(), kind) for kind in ("JPEG", "PNG", "WEBP")]
    sources.append(saved(corners(), icc_profile=swapped_profile(), progressive=True))
    for turn in range(200):
        raw = bytearray(sources[turn % len(sources)])
        for _ in range(dice.randint(1, 12)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        try:
            plain(bytes(raw))
        except BadPhoto:
            continue
