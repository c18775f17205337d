"""What a scale that types, or a person who reads it, may say."""

import pytest

from shop.fulfilment.scales import read_grams


@pytest.mark.parametrize(
    ("typed", "grams"),
    [
        ("1250", 1250),
        (" 1250 ", 1250),
        ("1250g", 1250),
        ("1250 克", 1250),
        ("1.250kg", 1250),
        ("1.25 KG", 1250),
        ("1.25公斤", 1250),
        ("2.5斤", 1250),
        ("１２５０克", 1250),
        ("ST,GS,+  1.250kg", 1250),
        ("ST,NT,+00001.250 kg", 1250),
        ("st,gs,+  1250 g", 1250),
        ("1250.4g", 1250),
        ("1250.5g", 1251),
        ("1.234 kg\n", 1234),
        ("ST,GS,+001.234kg\r\n", 1234),
        ("0", 0),
    ],
)
def test_a_reading_is_grams(typed: str, grams: int) -> None:
    assert read_grams(typed) == grams


@pytest.mark.parametrize(
    "typed",
    ["", "重", "1.250", "US,GS,+  1.250kg", "OL", "OL,GS,+9999.9kg", "ST,TR,+  0.200kg", "ST,GS,-  1.250kg", "-5",
     "1250lb", "0.000", "ST,GS,-001.234kg", "http://localhost/card/x1", "1.2.3kg", "1e3", "12345678", "二斤半"],
)  # fmt: skip
def test_what_weighs_nothing_is_refused(typed: str) -> None:
    assert read_grams(typed) is None
