"""Print the demo town's drawings as woodblock prints.

A drawing is an SVG with exactly two top-level groups: ``colour`` (flat shapes) and ``ink`` (the key
block's black line). The press pulls the two blocks apart, because hand printing does: colour lands a
little off its line and lets the paper through along the wood grain; the line swells and breaks where ink
and pressure are uneven.
"""

from importlib.resources import files
from io import BytesIO
from random import Random
from xml.etree import ElementTree

import resvg_py
from PIL import Image, ImageChops, ImageDraw, ImageFilter

PAPER = (246, 238, 220)
FIBRE_DARK = (222, 208, 178)
FIBRE_LIGHT = (255, 250, 238)
INK = (30, 26, 21)

SVG_NAMESPACE = "http://www.w3.org/2000/svg"
JPEG_QUALITY = 88

# All lengths below are shares of the print's width, so that a thumbnail is worn like the large print.
COLOUR_SLIP = 0.005
INK_SPREAD = 0.0012

# Ink is blurred and cut again, so drawing it smaller than the print costs no visible detail and half the time.
INK_RENDER_SHARE = 0.75

_PICTURES = files(__package__) / "pictures"

ElementTree.register_namespace("", SVG_NAMESPACE)


def read_svg(slug: str) -> str:
    """Return the SVG text of the drawing ``slug``; raise ``FileNotFoundError`` when there is none."""
    return (_PICTURES / f"{slug}.svg").read_text(encoding="utf-8")


def print_picture(svg: str, *, width: int = 1600, seed: int) -> bytes:
    """Print a drawing on paper and return it as a JPEG of ``width`` pixels, its height following the viewBox.

    The same drawing, width and seed give the same picture. Raise ``ValueError`` when ``svg`` cannot be
    rendered or lacks one of the groups ``colour`` and ``ink``.
    """
    random = Random(seed)  # noqa: S311 - a picture must repeat, nothing here is secret
    drawing = _parse(svg)
    colour = _render(drawing, "colour", width)
    line = _render(drawing, "ink", round(width * INK_RENDER_SHARE)).getchannel("A")

    sheet = _paper(colour.size, random)
    _press_colour(sheet, colour, random)
    _press_ink(sheet, line, random)

    out = BytesIO()
    sheet.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


def _parse(svg: str) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(svg)  # noqa: S314 - our own drawings, from this package
    except ElementTree.ParseError as error:
        raise ValueError(f"not an SVG: {error}") from error


def _render(drawing: ElementTree.Element, group_id: str, width: int) -> Image.Image:
    """Render one top-level group of ``drawing`` alone, RGBA on a transparent ground."""
    group = next((child for child in drawing if child.get("id") == group_id), None)
    if group is None:
        raise ValueError(f"the drawing has no group {group_id!r}")
    block = ElementTree.Element(drawing.tag, drawing.attrib)
    block.append(group)
    png = resvg_py.svg_to_bytes(
        svg_string=ElementTree.tostring(block, encoding="unicode"), width=width, skip_system_fonts=True
    )
    return Image.open(BytesIO(png)).convert("RGBA")


def _noise(size: tuple[int, int], cell: tuple[float, float], random: Random) -> Image.Image:
    """Return smooth grey noise of ``size`` whose spots measure about ``cell`` pixels across and down.

    Pillow's own ``effect_noise`` cannot be seeded, so the grains come from ``random``.
    """
    columns = max(2, round(size[0] / cell[0]))
    rows = max(2, round(size[1] / cell[1]))
    grains = Image.frombytes("L", (columns, rows), random.randbytes(columns * rows))
    return grains.resize(size, Image.Resampling.BILINEAR if min(cell) < 4 else Image.Resampling.BICUBIC)


def _paper(size: tuple[int, int], random: Random) -> Image.Image:
    """Return a sheet of warm handmade paper: a cloudy ground with a few hundred hair-thin fibres."""
    width, height = size
    sheet = Image.new("RGB", size, PAPER)
    clouds = ImageChops.blend(_noise(size, (width / 24, width / 24), random), _noise(size, (2, 2), random), 0.5)
    sheet.paste(FIBRE_DARK, mask=clouds.point(lambda level: max(0.0, level - 110) * 0.4))

    fibres = ImageDraw.Draw(sheet)
    for _ in range(200):
        x, y = random.uniform(0, width), random.uniform(0, height)
        reach = random.uniform(0.006, 0.022) * width
        turn = random.uniform(0, 360)
        fibres.arc(
            (x, y, x + reach, y + reach * random.uniform(0.4, 1.0)),
            turn,
            turn + random.uniform(40, 110),
            fill=random.choice((FIBRE_DARK, FIBRE_LIGHT)),
            width=max(1, round(width / 1600)),
        )
    return sheet


def _press_colour(sheet: Image.Image, colour: Image.Image, random: Random) -> None:
    """Print the colour block on ``sheet``, off its line by ``COLOUR_SLIP`` and thinner along the grain."""
    slip = sheet.width * COLOUR_SLIP
    dx = round(random.choice((-1, 1)) * random.uniform(0.7, 1.1) * slip)
    dy = round(random.choice((-1, 1)) * random.uniform(0.3, 0.7) * slip)
    cover = ImageChops.multiply(colour.getchannel("A"), _wood_grain(sheet.size, random))
    sheet.paste(colour.convert("RGB"), (dx, dy), cover)


def _wood_grain(size: tuple[int, int], random: Random) -> Image.Image:
    """Return how fully a block of wood inks the paper: 255 is solid, streaks along the grain are thinner."""
    width, height = size
    fine = _noise(size, (width / 9, width / 900), random)
    broad = _noise(size, (width / 5, width / 90), random)
    speck = _noise(size, (width / 500, width / 1000), random)
    streaks = ImageChops.blend(ImageChops.blend(fine, broad, 0.38), speck, 0.22)
    cover = streaks.point(lambda level: 255 - max(0.0, level - 138) * 2.1)

    # Wood is never ruled: bend the streaks over a coarse mesh, the same wave for every height.
    steps = 16
    swing = height * 0.012
    edges = [round(width * step / steps) for step in range(steps + 1)]
    bends = [random.uniform(-swing, swing) for _ in edges]
    for step in range(1, steps):
        bends[step] = (bends[step - 1] + bends[step]) / 2
    mesh = [
        (
            (left, 0, right, height),
            (left, bend_left, left, height + bend_left, right, height + bend_right, right, bend_right),
        )
        for left, right, bend_left, bend_right in zip(edges, edges[1:], bends, bends[1:], strict=False)
    ]
    return cover.transform(size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR, fillcolor=255)


def _press_ink(sheet: Image.Image, line: Image.Image, random: Random) -> None:
    """Print the key block's ``line`` (coverage, L, of any size) with uneven weight and dry spots."""
    width = sheet.width
    spread = line.filter(ImageFilter.GaussianBlur(line.width * INK_SPREAD)).resize(sheet.size, Image.Resampling.BICUBIC)
    pressure = ImageChops.blend(
        _noise(sheet.size, (width / 110, width / 110), random),
        _noise(sheet.size, (width / 30, width / 30), random),
        0.55,
    )
    # Pressure lifts a line by at most 90 levels where the cut below is 100, so bare paper never catches ink.
    uneven = ImageChops.add(spread, pressure.point(lambda level: 128 + min(90, (level - 128) * 0.95)), offset=-128)
    cover = uneven.point(lambda level: (level - 100) * 6)

    dry = _noise(sheet.size, (width / 130, width / 800), random)
    cover = ImageChops.multiply(cover, dry.point(lambda level: 255 - max(0.0, level - 196) * 1.6))
    sheet.paste(INK, mask=cover)
