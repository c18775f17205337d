"""Rules of joining: check digits against known codes and against their own definition, names, permits, accounts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.kernel.errors import Invalid, WrongState
from shop.kernel.states import check_passage
from shop.vendors.joining.models import ApplicationKind, ApplicationState, Part, PayWay, Proof
from shop.vendors.joining.rules import (
    LONGEST_NAME,
    NEXT,
    UNIFIED_ALPHABET,
    Account,
    check_account,
    check_digit,
    check_licence,
    check_name,
    check_paper,
    check_until,
    is_card,
    is_old_licence,
    may_change,
    plain_number,
    standing_told_by,
    tail_of,
)
from shop.vendors.models import Standing

TODAY = date(2026, 11, 22)


def reason(act: object, *args: object) -> str:
    assert callable(act)
    try:
        act(*args)
    except Invalid as error:
        return f"{error.field}: {error.reason}"
    return ""


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        ("91110000600037341L", ""),
        ("91110000600037342L", "number: check"),
        ("9111000060003734IL", "number: shape"),
        ("N2510182MF1234567U", ""),
        ("N2510182MF1234568U", "number: check"),
        ("", "number: missing"),
        ("1234", "number: shape"),
        ("12345678901", "number: shape"),
        ("510182600001234", ""),
        ("51018219700101123X01", ""),
        ("510182197001011234", "number: check"),
        ("911100006000373４1L", "number: shape"),
        ("<script>alert(1)</script>", "number: shape"),
        ("😀" * 18, "number: shape"),
    ],
)
def test_known_licences(number: str, wanted: str) -> None:
    assert reason(check_licence, number) == wanted


@pytest.mark.parametrize(
    ("number", "standing"),
    [
        ("91110000600037341L", Standing.REGISTERED),
        ("92510182MA6000000X", Standing.REGISTERED),
        ("93510182MA6000000X", Standing.COOPERATIVE),
        ("N2510182MF1234567U", Standing.COLLECTIVE),
        ("12510182MB1234567U", None),
        ("510182600001234", None),
        ("", None),
    ],
)
def test_the_first_two_characters_tell_the_kind(number: str, standing: Standing | None) -> None:
    assert standing_told_by(number) is standing


def test_older_ids_are_told_apart() -> None:
    assert is_old_licence("510182600001234")
    assert is_old_licence("51018219700101123X01")
    assert not is_old_licence("91110000600037341L")


BODY = st.tuples(
    st.sampled_from("123456789ANY"),
    st.sampled_from(UNIFIED_ALPHABET),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(UNIFIED_ALPHABET, min_size=9, max_size=9),
).map("".join)


@given(BODY)
def test_exactly_one_check_character_fits_a_code(body: str) -> None:
    right = check_digit(body)
    fits = [ch for ch in UNIFIED_ALPHABET if reason(check_licence, body + ch) == ""]
    assert fits == [right]


@given(BODY, st.integers(2, 16), st.sampled_from(UNIFIED_ALPHABET))
def test_a_single_mistyped_character_is_found(body: str, place: int, other: str) -> None:
    code = body + check_digit(body)
    wrong = code[:place] + other + code[place + 1 :]
    assert (reason(check_licence, wrong) == "") == (wrong == code)


@given(BODY)
def test_what_is_typed_loosely_is_read_plainly(body: str) -> None:
    code = body + check_digit(body)
    assert plain_number(f" {code[:8].lower()}-{code[8:]}　") == code


@given(st.text("0123456789", min_size=14, max_size=18))
def test_exactly_one_last_digit_makes_a_card(body: str) -> None:
    assert len([digit for digit in "0123456789" if is_card(body + digit)]) == 1


@given(st.text("0123456789", min_size=15, max_size=18), st.data())
def test_a_card_with_one_wrong_digit_or_two_exchanged_is_found(body: str, data: st.DataObject) -> None:
    card = next(body + digit for digit in "0123456789" if is_card(body + digit))
    place = data.draw(st.integers(0, len(card) - 2))
    digit = data.draw(st.sampled_from("0123456789"))
    wrong = card[:place] + digit + card[place + 1 :]
    assert is_card(wrong) == (wrong == card)
    swapped = card[:place] + card[place + 1] + card[place] + card[place + 2 :]
    if swapped != card and {card[place], card[place + 1]} != {"0", "9"}:  # the one exchange that Luhn does not see
        assert not is_card(swapped)


@pytest.mark.parametrize("text", ["", "4539", "4539578763621486", "6228480402564890018"])
def test_known_cards(text: str) -> None:
    assert is_card(text) == (len(text) > 4)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("大湾·杨秀英家", ""),
        ("阿依古丽（三组）", ""),
        ("Yang 9", ""),
        ("䶮㛃", ""),
        ("", "name: missing"),
        ("   ", "name: missing"),
        ("杨" * (LONGEST_NAME + 1), "name: long"),
        ("杨" * 200, "name: long"),
        ("杨家😀", "name: signs"),
        ("<b>杨</b>", "name: signs"),
        ("杨\u202e家", "name: signs"),
        ("杨\x00家", "name: signs"),
        ("杨\n家", "name: signs"),
    ],
)
def test_names(name: str, wanted: str) -> None:
    assert reason(check_name, "name", name, LONGEST_NAME) == wanted


@given(st.text(max_size=LONGEST_NAME))
def test_a_name_that_is_taken_cannot_be_markup(name: str) -> None:
    if reason(check_name, "name", name, LONGEST_NAME) == "":
        assert not set(name) & set("<>&\"'\\/\x00\n")


@pytest.mark.parametrize(
    ("until", "wanted"),
    [
        (None, "until: missing"),
        (date(1900, 1, 1), "until: ended"),
        (date(2026, 11, 21), "until: ended"),
        (date(2026, 11, 22), ""),
        (date(2031, 1, 1), ""),
        (date(2076, 12, 31), ""),
        (date(2077, 1, 1), "until: far"),
        (date(2126, 11, 22), "until: far"),
        (date(9999, 12, 31), "until: far"),
    ],
)
def test_permits_end_on_a_day_that_can_be(until: date | None, wanted: str) -> None:
    assert reason(check_until, until, TODAY) == wanted
    assert reason(check_paper, Proof.WORKSHOP_FILING, "川坊 1", until, TODAY) == wanted
    assert reason(check_paper, Proof.OWN_WORK, "", until, TODAY) == ""


def test_a_permit_has_a_number_that_fits() -> None:
    assert reason(check_paper, Proof.QUARANTINE, "", TODAY, TODAY) == "number: missing"
    assert reason(check_paper, Proof.QUARANTINE, "长" * 61, TODAY, TODAY) == "number: long"


@pytest.mark.parametrize(
    ("account", "wanted", "tail"),
    [
        (Account(PayWay.CASH), "", ""),
        (Account(PayWay.BANK, "杨秀英", "农业银行", "6228480402564890018"), "", "0018"),
        (Account(PayWay.BANK, "杨秀英", "农业银行", "6228480402564890019"), "number: check", "0019"),
        (Account(PayWay.BANK, "杨秀英", "农业银行", "13900000001"), "number: shape", "0001"),
        (Account(PayWay.BANK, "杨秀英", "农业银行", ""), "number: missing", ""),
        (Account(PayWay.BANK, "杨秀英", "", "6228480402564890018"), "bank: missing", "0018"),
        (Account(PayWay.BANK, "", "农业银行", "6228480402564890018"), "holder: missing", "0018"),
        (Account(PayWay.BANK, "杨😀", "农业银行", "6228480402564890018"), "holder: signs", "0018"),
        (Account(PayWay.WECHAT, "杨秀英", "", "13900000001"), "", "0001"),
        (Account(PayWay.WECHAT, "杨秀英", "", "yang_88"), "", "88"),
        (Account(PayWay.WECHAT, "杨秀英", "", "杨秀英"), "number: shape", "秀英"),
    ],
)
def test_accounts(account: Account, wanted: str, tail: str) -> None:
    assert reason(check_account, account) == wanted
    assert tail_of(account) == tail


@given(st.sampled_from(ApplicationState), st.sampled_from(ApplicationState))
def test_a_decided_application_stays_decided(state: ApplicationState, to: ApplicationState) -> None:
    if state in (ApplicationState.APPROVED, ApplicationState.REFUSED):
        assert reason_of_passage(state, to) != ""
    if to is ApplicationState.APPROVED and reason_of_passage(state, to) == "":
        assert state is ApplicationState.APPLIED


def reason_of_passage(state: ApplicationState, to: ApplicationState) -> str:
    try:
        check_passage("application", NEXT, state, to)
    except WrongState as error:
        return type(error).__name__
    return ""


@given(
    st.sampled_from(ApplicationKind),
    st.sampled_from(ApplicationState),
    st.sets(st.sampled_from([part.value for part in Part])),
    st.sampled_from(Part),
)
def test_nothing_changes_under_the_eyes_of_the_centre(
    kind: ApplicationKind, state: ApplicationState, fixing: set[str], part: Part
) -> None:
    may = may_change(kind, state, fixing, part)
    if state in (ApplicationState.APPLIED, ApplicationState.APPROVED, ApplicationState.REFUSED):
        assert not may
    if may and state is ApplicationState.NEEDS_FIXING:
        assert part in fixing
    if kind is ApplicationKind.STANDING and part not in (Part.STANDING, Part.PAPERS):
        assert not may
