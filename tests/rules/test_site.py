"""Written rules: when a version may begin, what differs between two, and what of Markdown becomes of a page."""

from datetime import date, timedelta

import pytest

from shop.kernel.errors import Invalid
from shop.site.markup import html_of
from shop.site.rules import MAX_NOTE, MAX_TEXT, Change, changes, check_version, earliest

TODAY = date(2026, 11, 23)
LAST = date(2026, 11, 1)


def test_a_first_version_may_begin_at_once_and_a_change_after_seven_days() -> None:
    assert earliest(TODAY, None) == TODAY
    assert earliest(TODAY, LAST) == date(2026, 11, 30)
    assert earliest(TODAY, date(2026, 12, 24)) == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("days", "last_on", "reason"),
    [
        (-1, None, "soon"),
        (0, None, None),
        (1, LAST, "soon"),
        (6, LAST, "soon"),
        (7, LAST, None),
        (8, TODAY + timedelta(days=10), "before_last"),
        (10, TODAY + timedelta(days=10), None),
        (1, TODAY + timedelta(days=10), "soon"),
        (400, LAST, "late"),
    ],
)
def test_a_day_is_refused_with_its_reason(days: int, last_on: date | None, reason: str | None) -> None:
    def check() -> None:
        check_version("新的", "改了", TODAY + timedelta(days=days), today=TODAY, last_on=last_on)

    if reason is None:
        check()
        return
    with pytest.raises(Invalid) as refused:
        check()
    assert (refused.value.field, refused.value.reason) == ("effective_on", reason)


@pytest.mark.parametrize(
    ("text", "note", "field", "reason"),
    [
        (" ", "改了", "text", "missing"),
        ("字" * (MAX_TEXT + 1), "改了", "text", "long"),
        ("新的", " ", "note", "missing"),
        ("新的", "字" * (MAX_NOTE + 1), "note", "long"),
    ],
)
def test_words_are_refused_with_their_reason(text: str, note: str, field: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_version(text, note, TODAY + timedelta(days=7), today=TODAY, last_on=LAST)
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_what_differs_is_told_line_by_line() -> None:
    was, now = "## 退\n\n- 四十八小时内说\n原路退", "## 退\n- 七十二小时内说\n\n原路退\n有事打电话"
    assert changes(was, now) == (
        Change(("四十八小时内说",), ("七十二小时内说",)),
        Change((), ("有事打电话",)),
    )
    assert changes(was, was) == ()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("# 谁在卖", "<h2>谁在卖</h2>"),
        ("## 谁在卖\n### 自营", "<h2>谁在卖</h2>\n<h3>自营</h3>"),
        ("# 一\n### 二", "<h2>一</h2>\n<h4>二</h4>"),
        ("- 一\n- **二**", "<ul>\n<li>一</li>\n<li><strong>二</strong></li>\n</ul>"),
        ("[中心](tel:028-1)", '<p><a href="tel:028-1">中心</a></p>'),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<b onclick=x>粗</b>", "<p>&lt;b onclick=x&gt;粗&lt;/b&gt;</p>"),
        ("[坏](javascript:alert)", "<p>[坏](javascript:alert)</p>"),
        ("![图](https://x.example/a.png)", "<p></p>"),
        ("[外](//x.example/a)", '<p><a href="//x.example/a">外</a></p>'),
    ],
)
def test_markdown_becomes_plain_elements_and_nothing_that_acts(typed: str, shown: str) -> None:
    found = html_of(typed).strip()
    assert found == shown or found == f"<p>{shown}</p>"
