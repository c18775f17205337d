"""Codes: nothing that is mistaken for something else, and typed as people type."""

import pytest

from shop.kernel.codes import ALPHABET, clean_code, new_code, new_token


def test_no_character_is_mistaken_for_another() -> None:
    assert not set("0O1ILU") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET)


def test_codes_have_their_length_and_differ() -> None:
    codes = {new_code(8) for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 8 and set(code) <= set(ALPHABET) for code in codes)


def test_tokens_are_long_and_fit_into_an_address() -> None:
    token = new_token()
    assert len(token) >= 32
    assert token.replace("-", "").replace("_", "").isalnum()
    assert token != new_token()


@pytest.mark.parametrize("typed", ["ab2-cd3", " AB2 CD3 ", "ab2cd3", "Ab2–cD3", "ａＢ２－ｃｄ３"])
def test_a_code_is_found_however_it_was_typed(typed: str) -> None:
    assert clean_code(typed) == "AB2CD3"
