"""Decoding: what a phone, a camera, a scanner or a prankster may send, and the process in which it is read."""

import random
import resource
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from shop.media import sandbox
from shop.media.colours import ADOBE, BT709, BT2020, DISPLAY_P3, Primaries, coded, in_srgb
from shop.media.encoding import encoded, scaled
from shop.media.pictures import plain
from shop.media.rules import BadPhoto, Flaw
from shop.media.sandbox import decoded
from tests.support import profiles
from tests.support.odd_files import REFUSED, Bad, png_bomb
from tests.support.odd_pictures import CORNERS, PLACE, SHOWN, SIZE, Odd, exif, in_space, saved, scene

MB = 1024 * 1024


def opened(raw: bytes) -> Image.Image:
    image = Image.open(BytesIO(raw))
    image.load()
    return image


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    width, height = image.size
    places = [(x, y) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return [tuple(np.asarray(image)[y, x]) for x, y in places]


def furthest(image: Image.Image, wanted: tuple[tuple[int, int, int], ...]) -> int:
    pairs = zip(corners(image), wanted, strict=True)
    return max(abs(int(a) - b) for seen, colour in pairs for a, b in zip(seen, colour, strict=True))


def flaw_of(raw: bytes, **options: int) -> str:
    with pytest.raises(BadPhoto) as caught:
        plain(raw, **options)
    return caught.value.reason


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("odd", SHOWN, ids=lambda odd: odd.name)
def test_every_odd_photo_is_shown_upright_in_its_colours(odd: Odd) -> None:
    raw = odd.make()
    made = plain(raw)
    image = opened(made.jpeg)
    assert (image.mode, image.size, (made.width, made.height)) == ("RGB", odd.size, odd.size)
    assert furthest(image, odd.corners) <= odd.by
    assert {"exif", "icc_profile", "comment", "xmp", "photoshop"}.isdisjoint(image.info)
    for hidden in (PLACE, b"SecretPhone", b"Exif", b"<script", b"ftyp", b"adobe:ns"):
        assert hidden not in made.jpeg + made.usual


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("bad", REFUSED, ids=lambda bad: bad.name)
def test_every_bad_file_is_refused_for_what_it_is(bad: Bad) -> None:
    assert flaw_of(bad.make()) in bad.flaws


def test_a_wide_gamut_is_seen_to_matter() -> None:
    """The control: without its profile the same photo is off by more than any photo above may be."""
    for space in (profiles.DISPLAY_P3, profiles.ADOBE_RGB):
        bare = opened(saved(space.written(scene())))
        assert furthest(bare, CORNERS) > 15


@pytest.mark.parametrize(
    ("primaries", "space"),
    [
        (BT709, profiles.SRGB),
        (DISPLAY_P3, profiles.DISPLAY_P3),
        (ADOBE, profiles.ADOBE_RGB),
        (BT2020, profiles.Space(((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)), 0)),
    ],
)
def test_the_written_primaries_are_those_of_their_chromaticities(primaries: Primaries, space: profiles.Space) -> None:
    assert np.abs(np.array(primaries).T - space.matrix).max() < 0.0005


@pytest.mark.parametrize(("transfer", "white"), [(16, 0.58), (18, 0.75)], ids=["PQ", "HLG"])
def test_a_high_dynamic_range_is_shown_on_an_ordinary_screen(transfer: int, white: float) -> None:
    """Paper white of an HDR picture (BT.2408) is light, not burnt out; what is brighter stays so; grey stays grey."""
    profile = coded(9, transfer)
    levels = [0, round(255 * white * 0.7), round(255 * white), 255]
    shown = [in_srgb(Image.new("RGB", (1, 1), (level,) * 3), profile).tobytes() for level in levels]
    values = [pixel[0] for pixel in shown]
    assert values == sorted(values)
    assert values[0] == 0
    assert 60 < values[1] < 200
    assert 225 < values[2] < 250
    assert values[3] > values[2]
    assert all(max(pixel) - min(pixel) <= 1 for pixel in shown)


def test_code_points_of_srgb_and_unknown_ones_need_no_profile() -> None:
    assert coded(1, 13) is None
    assert coded(2, 2) is None
    assert coded(255, 16) is None


def test_a_large_photo_is_made_1920_long_and_a_small_one_stays() -> None:
    for size, wanted in (((4000, 3000), (1920, 1440)), ((1500, 3000), (960, 1920)), ((500, 300), (500, 300))):
        made = plain(saved(scene(size)))
        assert opened(made.jpeg).size == wanted
        assert (opened(made.usual).width if made.usual else 0) == (640 if wanted[0] > 640 else 0)


def test_average_colour() -> None:
    assert plain(saved(Image.new("RGB", (400, 300), (16, 32, 48)), "PNG")).colour == "#102030"


def test_the_number_of_pixels_is_read_before_anything_is_decoded() -> None:
    raw = png_bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert flaw_of(raw) == Flaw.TOO_MANY_PIXELS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000
    most = SIZE[0] * SIZE[1]
    assert flaw_of(saved(scene()), max_pixels=most - 1) == Flaw.TOO_MANY_PIXELS
    assert plain(saved(scene()), max_pixels=most).width == SIZE[0]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "ICC"])
def test_flipped_bytes_are_a_refusal_or_a_picture_never_a_crash(kind: str) -> None:
    dice = random.Random(7)
    source = in_space(profiles.SWAPPED, "JPEG") if kind == "ICC" else saved(scene(), kind)
    for _turn in range(60):
        raw = bytearray(source)
        for _ in range(dice.randint(1, 12)):
            raw[dice.randrange(len(raw) if dice.random() < 0.5 else min(len(raw), 600))] = dice.randrange(256)
        try:
            decoded_here = plain(bytes(raw))
        except BadPhoto:
            continue
        assert opened(decoded_here.jpeg).width == decoded_here.width


def test_the_process_of_its_own_gives_the_same() -> None:
    raw = saved(scene((1600, 1200)), exif=exif(6).tobytes())
    assert decoded(raw) == plain(raw)


def test_a_refusal_crosses_from_the_process() -> None:
    for raw, flaw in ((saved(Image.new("RGB", (20, 20))), Flaw.TOO_SMALL), (b"\xff\xd8\xff", Flaw.DAMAGED)):
        with pytest.raises(BadPhoto) as caught:
            decoded(raw)
        assert caught.value.reason == flaw


def test_memory_and_time_of_a_photo_have_an_end() -> None:
    # 49 megapixels that cannot be decoded in parts.
    raw = saved(Image.new("RGB", (7000, 7000)), "PNG", compress_level=1)
    assert decoded(raw).width == 1920
    for limits in ({"memory": 160 * MB}, {"cpu_s": 0}, {"wall_s": 0.05}):
        with pytest.raises(BadPhoto) as caught:
            decoded(raw, **limits)
        assert caught.value.reason == Flaw.TOO_HARD, limits


def test_a_photo_that_kills_its_decoder_is_a_damaged_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "DECODER", ["-c", "import os; os.abort()"])
    with pytest.raises(BadPhoto) as caught:
        decoded(saved(scene()))
    assert caught.value.reason == Flaw.DAMAGED


def test_a_decoder_that_does_not_start_is_no_fault_of_the_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "DECODER", ["-c", "import nothing_of_that_name"])
    with pytest.raises(RuntimeError, match="ended with 1"):
        decoded(saved(scene()))


def test_the_decoder_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_SECRET_KEY", "not for strangers")
    tell = "import os, json; print(json.dumps({'flaw': 'damaged' if 'SHOP_SECRET_KEY' not in os.environ else 'film'}))"
    monkeypatch.setattr(sandbox, "DECODER", ["-c", tell])
    with pytest.raises(BadPhoto) as caught:
        decoded(saved(scene()))
    assert caught.value.reason == Flaw.DAMAGED


def test_a_smaller_size_keeps_the_colours() -> None:
    image = scene((1920, 1440))
    for width, extension in ((1280, "jpg"), (640, "webp"), (320, "webp")):
        made = opened(encoded(scaled(image, width), extension, 80))
        assert made.size == (width, width * 3 // 4)
        assert furthest(made, CORNERS) <= 8
