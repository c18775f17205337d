"""Rules of invoices: tax ids, titles, numbers, and how much is left to invoice."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.invoices.models import Era, InvoiceKind, IssuerKind, Medium, TitleKind
from shop.invoices.rules import ISSUED_BY, Title, check_number, check_tax_id, check_title, kind_by, left_to_invoice
from shop.kernel.errors import Invalid
from shop.vendors.models import Standing

FIRM = Title(TitleKind.COMPANY, "成都山野餐饮有限公司", "91110000600037341L")
SPECIAL = replace(
    FIRM,
    kind=InvoiceKind.SPECIAL,
    seat="成都市武侯区科华路 12 号",
    seat_phone="028-83881234",
    bank="成都农商银行科华支行",
    account="6222021234567890123",
)


def refusal(wanted: Title) -> tuple[str, str]:
    with pytest.raises(Invalid) as refused:
        check_title(wanted)
    return refused.value.field, refused.value.reason


@pytest.mark.parametrize(
    "tax_id",
    [
        "91110000600037341L",
        "N2510182MF1234567U",  # a village collective, whose first figure is a letter
        "510182198001011",  # of before the unified code: shown with a warning
        "51018219800101001X01",
    ],
)
def test_ids_that_the_tax_office_knows_pass(tax_id: str) -> None:
    check_tax_id(tax_id)


@pytest.mark.parametrize(
    ("tax_id", "why"),
    [
        ("91110000600037342L", "check"),
        ("N2510182MF1234567W", "check"),
        ("9111000060003734", "shape"),
        ("I1110000600037341L", "shape"),
        ("", "missing"),
    ],
)
def test_ids_that_cannot_be_are_refused(tax_id: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_tax_id(tax_id)
    assert (refused.value.field, refused.value.reason) == ("tax_id", why)


@pytest.mark.parametrize("wanted", [FIRM, SPECIAL, Title(TitleKind.PERSON, "何晓雨"), Title(TitleKind.OFFICE, "小学")])
def test_what_can_be_made_out_passes(wanted: Title) -> None:
    check_title(wanted)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": "  "}, ("title", "missing")),
        ({"title": "！？"}, ("title", "missing")),
        ({"title": "山" * 101}, ("title", "shape")),
        ({"title": "山货\u202e公司"}, ("title", "shape")),
        ({"tax_id": ""}, ("tax_id", "missing")),
        ({"title_kind": TitleKind.PERSON}, ("tax_id", "person")),
        ({"title_kind": TitleKind.PERSON, "tax_id": ""}, ("kind", "person")),
        ({"title_kind": TitleKind.OFFICE, "tax_id": ""}, ("tax_id", "missing")),
        ({"seat": ""}, ("seat", "missing")),
        ({"seat_phone": ""}, ("seat_phone", "missing")),
        ({"seat_phone": "call me"}, ("seat_phone", "shape")),
        ({"bank": ""}, ("bank", "missing")),
        ({"account": ""}, ("account", "missing")),
        ({"account": "６２２２"}, ("account", "shape")),
        ({"medium": Medium.PAPER, "street": "科华路 12 号", "recipient": "何晓雨"}, ("street", "missing")),
    ],
)
def test_what_cannot_be_made_out_is_refused_at_its_field(wrong: dict[str, Any], said: tuple[str, str]) -> None:
    assert refusal(replace(SPECIAL, **wrong)) == said


@pytest.mark.parametrize(
    ("number", "batch", "kept"),
    [
        ("25512000000012345678", "", (Era.DIGITAL, "25512000000012345678")),
        (" 2551 2000-0000 12345678 ", "", (Era.DIGITAL, "25512000000012345678")),
        ("２５５１２０００００００１２３４５６７８", "", (Era.DIGITAL, "25512000000012345678")),
        ("12345678", "5100221130", (Era.PAPER_CODE, "510022113012345678")),
        ("12345678", "051002211301", (Era.PAPER_CODE, "05100221130112345678")),
    ],
)
def test_a_number_is_kept_in_one_form_however_it_was_typed(number: str, batch: str, kept: tuple[Era, str]) -> None:
    assert check_number(number, batch) == kept


@pytest.mark.parametrize(
    ("number", "batch", "said"),
    [
        ("2551200000001234567", "", ("number", "shape")),
        ("2551200000001234567X", "", ("number", "shape")),
        ("1234567", "5100221130", ("number", "paper")),
        ("12345678", "51002211301", ("batch", "shape")),
    ],
)
def test_a_number_of_no_era_is_refused(number: str, batch: str, said: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        check_number(number, batch)
    assert (refused.value.field, refused.value.reason) == said


def test_every_standing_has_an_issuer_and_none_of_them_is_the_centre() -> None:
    assert set(ISSUED_BY) == set(Standing)
    assert IssuerKind.CENTRE not in ISSUED_BY.values()


def test_the_tax_office_makes_an_ordinary_one_of_what_was_wanted_special() -> None:
    assert kind_by(IssuerKind.TAX_OFFICE, InvoiceKind.SPECIAL) is InvoiceKind.ORDINARY
    assert kind_by(IssuerKind.VENDOR, InvoiceKind.SPECIAL) is InvoiceKind.SPECIAL


@given(st.lists(st.integers(0, 10**7), max_size=8), st.integers(-(10**6), 10**8))
def test_what_is_left_is_never_more_than_was_paid_nor_than_each_came_to(amounts: list[int], kept: int) -> None:
    left = left_to_invoice(amounts, kept)
    assert sum(left) == min(sum(amounts), max(0, kept))
    assert all(0 <= part <= amount for part, amount in zip(left, amounts, strict=True))
