"""Time-based codes, as RFC 6238 tells them."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from shop.accounts.factors.rules import (
    RECOVERY_CODES,
    clean_factor,
    code_at,
    is_figures,
    new_key,
    new_recovery_codes,
    recovery_digest,
    set_up_address,
    step_of,
    step_typed,
)

RFC_KEY = base64.b32encode(b"12345678901234567890").decode()
"""Of RFC 6238, appendix B, for SHA-1."""
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
    ],
)
def test_the_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert code_at(RFC_KEY, step_of(datetime.fromtimestamp(second, UTC))) == code


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_half_a_minute_off_and_no_more(steps: int, is_taken: bool) -> None:
    typed = code_at(RFC_KEY, step_of(NOW) + steps)
    found = step_typed(RFC_KEY, typed, NOW)
    assert (found is not None) == is_taken
    assert not is_taken or found == step_of(NOW) + steps


def test_what_is_typed_may_have_blanks_and_wide_figures() -> None:
    assert clean_factor(" 287 082 ") == clean_factor("２８７０８２") == "287082"
    assert is_figures("287082")
    assert not is_figures("28708")
    assert step_typed(RFC_KEY, "", NOW) is None


def test_keys_and_recovery_codes_differ_each_time() -> None:
    assert len(base64.b32decode(new_key())) == 20
    assert new_key() != new_key()
    codes = new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    assert not any(map(is_figures, codes))
    assert recovery_digest("a", 1, codes[0]) != recovery_digest("a", 2, codes[0]) != recovery_digest("b", 2, codes[0])


def test_an_authenticator_reads_town_and_person() -> None:
    address = set_up_address(RFC_KEY, "曾志刚", "小鱼洞")
    assert address.startswith("otpauth://totp/")
    assert f"secret={RFC_KEY}" in address
    assert step_of(NOW + timedelta(seconds=30)) == step_of(NOW) + 1
