"""What a household presses on the pages of joining."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from tests.support.page import Page
from tests.support.pages import Pages
from tests.world.joining import Hall, one_photo
from tests.world.market import PASSWORD


def photo(raw: bytes | None = None, name: str = "证.jpg") -> tuple[BytesIO, str]:
    """Return a file as a form sends it, a small photo unless told."""
    return BytesIO(raw if raw is not None else one_photo()), name


def fill(pages: Pages, fields: Mapping[str, Any], button: str, status: int = 200) -> Page:
    """Fill in a form of the page in front and press its button."""
    return pages.submit_form(button, status, press=button, **fields)


def start(at: Hall, pages: Pages) -> None:
    """Sign in and open the first step."""
    pages.sign_in(at.person.phone, PASSWORD)
    page = pages.get("/join")
    assert page.heading == "来这里卖货"
    page = pages.get(page.links()["开始"])
    assert "第 1 步，共 5 步" in page.main


def to_papers(
    at: Hall, pages: Pages, *, standing: str = "self_produced", goods: tuple[str, ...] = ("poultry-eggs",)
) -> None:
    """Tell everything before the papers."""
    start(at, pages)
    page = fill(pages, {"name": "大湾·杨秀英家", "person": "杨秀英"}, "下一步")
    assert page.heading == "住哪个村"
    page = fill(pages, {"village": at.village()}, "下一步")
    assert page.heading == "您属于哪种"
    page = fill(pages, {"standing": standing}, "下一步")
    assert page.heading == "要卖哪些"
    page = fill(pages, {"goods": list(goods)}, "下一步")
    assert page.heading == "给中心看的"
