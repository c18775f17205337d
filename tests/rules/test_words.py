"""Values as people read them, and what of them may be shown to whom."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from markupsafe import Markup

from shop.web.ways import safe_path
from shop.web.words import grouped, kilograms, lines, masked_name, masked_phone, months, town_date, town_time, whole


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ((3, 4, 5), "3–5月"),
        ((5, 3, 4), "3–5月"),
        ((11, 12, 1, 2), "11–2月"),
        ((1, 2, 6, 12), "6、12–2月"),
        ((7,), "7月"),
        (tuple(range(1, 13)), "全年"),
    ],
)
def test_months_are_read_as_spans(app: Flask, wanted: tuple[int, ...], text: str) -> None:
    with app.test_request_context():
        assert months(wanted) == text


def test_moments_and_days_are_the_towns(app: Flask) -> None:
    with app.test_request_context():
        assert town_time(datetime(2026, 12, 31, 16, 5, tzinfo=UTC)) == "1月1日 00:05"
        assert town_date(datetime(2026, 12, 31, 16, 5, tzinfo=UTC)) == "1月1日"
        assert town_date(date(2026, 12, 31)) == "12月31日"


@pytest.mark.parametrize(
    ("grams", "text"), [(0, "0 公斤"), (50, "0.05 公斤"), (500, "0.5 公斤"), (1850, "1.85 公斤"), (3000, "3 公斤")]
)
def test_grams_are_read_as_kilograms(grams: int, text: str) -> None:
    assert kilograms(grams) == text


def test_names_and_phones_are_masked() -> None:
    assert masked_phone("13812345678") == "138****5678"
    assert masked_phone("123") == "****"
    assert masked_name("何晓雨") == "何**"
    assert masked_name("何") == "何*"


def test_a_code_goes_on_in_the_next_line_between_its_groups_alone() -> None:
    assert grouped("2X4YJ7RQ") == "2X4Y<wbr>J7RQ"
    assert grouped("XYD26") == "XYD2<wbr>6"
    assert grouped("<b>") == "&lt;b&gt;"


def test_typed_text_is_shown_as_it_was_typed_and_never_as_markup() -> None:
    assert lines("一\n\n <script>") == "<p>一</p><p>&lt;script&gt;</p>"


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\nb",
        "x",
        "\\\\e",
    ],
)
def test_nothing_leads_out_of_the_house(wanted: str | None) -> None:
    assert safe_path(wanted) == "/"


def test_a_path_of_ours_is_kept_with_its_question() -> None:
    assert safe_path("/search?q=腊肉&page=2") == "/search?q=腊肉&page=2"


def test_a_title_keeps_a_figure_and_its_unit_on_one_line() -> None:
    assert whole("黄心洋芋2.5公斤") == '黄心洋芋<span class="figures">2.5公斤</span>'
    assert whole("<b>蛋 20枚 等 2 样") == '&lt;b&gt;蛋 <span class="figures">20枚</span> 等 2 样'
    assert whole("老腊肉") == "老腊肉"
    assert whole(Markup("<mark>蛋</mark>20枚")) == '<mark>蛋</mark><span class="figures">20枚</span>', "the mark stays"
    assert whole("土鸡蛋、老腊肉 等 6 样") == '土鸡蛋、老腊肉 等 <span class="figures">6 样</span>'
    assert whole("大湾村，2026年11月9日送到") == '大湾村，<span class="figures">2026年11月9日</span>送到'
