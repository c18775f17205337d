"""Marking what was looked for."""

import pytest

from shop.search.highlight import marked

BACON = ("腊肉", "老腊肉", "熏肉", "bacon", "larou")


def bold(text: str, terms: tuple[str, ...] = BACON) -> list[str]:
    return [piece for piece, is_marked in marked(text, terms) if is_marked]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("彭州高山老腊肉 五花 500g", ["老腊肉"]),
        ("老臘肉和熏肉", ["老臘肉", "熏肉"]),
        ("Smoked BACON, bacons", ["BACON"]),
        ("ＢＡＣＯＮ", ["ＢＡＣＯＮ"]),
        ("腊梅花茶", []),
        ("", []),
    ],
)
def test_every_name_of_a_thing_is_marked_the_longest_first(text: str, wanted: list[str]) -> None:
    assert bold(text) == wanted


@pytest.mark.parametrize("text", ["老腊肉<b>&\"'", "ﬁne 腊肉 ㍿", "İ腊肉", "\x00腊肉", "腊" * 300, "😀腊肉😀"])
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(piece for piece, _ in marked(text, BACON)) == text


def test_terms_are_no_patterns() -> None:
    assert bold("a.c abc ((", ("a.c", "((", "")) == ["a.c", "(("]
    assert bold("腊肉", ()) == []


def test_a_single_character_is_marked_only_where_nothing_longer_is() -> None:
    assert bold("茶叶和花茶", ("茶", "茶叶")) == ["茶叶"]
    assert bold("花茶", ("茶", "茶叶")) == ["茶"]
