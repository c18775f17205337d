"""What may stand in a question or an answer, and which answers can be true of a thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalog.models import ReturnClass
from shop.catalog.obstacles import NotLawful
from shop.catalog.questions.rules import (
    MAX_ANSWER,
    Ready,
    check_answer,
    check_question,
    leads_away,
    one_line,
    ready_answers,
)
from shop.catalog.views.asking import READY_WORDS
from shop.kernel.errors import Invalid


@pytest.mark.parametrize(
    "text",
    [
        "打13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "1.3.8.1.2.3.4.5.6.7.8",
        "１３８１２３４５６７８",
        "幺三八一二三四五六七八",
        "座机 83771234",
        "加我微信",
        "加个qq",
        "微信号：egg_2026",
        "V信 abc12345",
        "加微xin 88812",
        "卫星号abc12345",
        "徽芯：egg_2026",
        "看 https://a.example",
        "www.example.cn",
        "taobao.com 有卖",
    ],
)
def test_what_leads_past_the_house_is_seen(text: str) -> None:
    assert leads_away(text)
    for check in (check_question, check_answer):
        with pytest.raises(Invalid, match="contact"):
            check(text)


@pytest.mark.parametrize(
    "text",
    [
        "能用微信付吗？",
        "卫星村能送到吗，放微波炉里加热行不行",
        "1000-2000 元的礼盒有没有",
        "2026-11-22 能到吗",
        "500克一袋，20袋，100元行不行",
        "一斤一两二钱三",
        "三十枚装的一盒，要十二盒",
        "12:30 到 18:30 能自取吗",
        "腌了 3.5 公斤，切成 12 块",
    ],
)
def test_sums_days_and_weights_are_let_through(text: str) -> None:
    assert not leads_away(text)
    assert check_question(text) == one_line(text)


@given(st.integers(0, 999_999))
def test_no_number_of_six_figures_leads_away(number: int) -> None:
    assert not leads_away(f"要 {number} 个")


@given(st.text(max_size=120))
def test_a_kept_text_is_one_line_that_stays_the_same(text: str) -> None:
    kept = one_line(text)
    assert one_line(kept) == kept
    assert not {"\n", "\r", "\u200b", "\u202e"} & set(kept)


def test_a_buyer_may_ask_about_an_illness_but_nobody_may_promise_a_cure() -> None:
    assert check_question("吃了能治咳嗽吗？")
    assert check_answer("不能治咳嗽，就是甜。")
    with pytest.raises(NotLawful):
        check_answer("能治咳嗽。")


@given(free=st.integers(0, 50), is_live=st.booleans(), return_class=st.sampled_from(ReturnClass))
def test_ready_answers_are_few_lawful_and_do_not_contradict_the_shelf(
    free: int, is_live: bool, return_class: ReturnClass
) -> None:
    said = ready_answers(free=free, is_live=is_live, return_class=return_class)
    assert 2 <= len(said) <= 3
    assert (Ready.IN_STOCK in said) is (free > 0)
    assert (Ready.NONE_LEFT in said) is (free == 0)
    assert said[-1] is Ready.CALL


def test_every_ready_answer_has_words_that_may_be_said() -> None:
    assert set(READY_WORDS) == set(Ready)
    for words in READY_WORDS.values():
        assert check_answer(str(words)) == str(words)
        assert len(str(words)) <= MAX_ANSWER
