"""Photos as a phone takes them."""

from pathlib import Path

from PIL import Image


def photo_file(folder: Path, size: tuple[int, int] = (2000, 1500)) -> Path:
    """Write a JPEG with a gradient of colours and return its path."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    path = folder / f"photo-{size[0]}x{size[1]}.jpg"
    image.save(path, quality=85)
    return path
