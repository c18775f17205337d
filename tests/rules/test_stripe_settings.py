"""Stripe's settings: both or neither, of the test mode only, and nothing of it in production."""

import pytest

from shop.settings import BadSettings, Settings

KEY, SECRET, API = "SHOP_STRIPE_KEY", "SHOP_STRIPE_WEBHOOK_SECRET", "SHOP_STRIPE_API"
GOOD = {KEY: "sk_test_abc", SECRET: "whsec_abc"}
PRODUCTION = {
    "SHOP_ENV": "production",
    "SHOP_SECRET_KEY": "x" * 32,
    "SHOP_VAULT_KEY": "v" * 32,
    "SHOP_PUBLIC_URL": "https://shop.example.cn",
}


@pytest.mark.parametrize("environ", [{}, {KEY: "", SECRET: ""}, {KEY: " ", SECRET: " "}, {API: "http://127.0.0.1:1"}])
def test_without_a_key_there_is_no_stripe(environ: dict[str, str]) -> None:
    assert Settings.from_env(environ).stripe is None


@pytest.mark.parametrize("prefix", ["sk_test_", "rk_test_"])
def test_a_key_and_a_secret_of_the_test_mode_are_taken(prefix: str) -> None:
    stripe = Settings.from_env({**GOOD, KEY: f"{prefix}abc"}).stripe
    assert stripe is not None
    assert (stripe.key, stripe.webhook_secret, stripe.api) == (f"{prefix}abc", "whsec_abc", None)
    assert "abc" not in repr(stripe)


def test_a_stand_in_is_taken_outside_production() -> None:
    stripe = Settings.from_env({**GOOD, API: "http://127.0.0.1:12111/"}).stripe
    assert stripe is not None
    assert stripe.api == "http://127.0.0.1:12111"


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({KEY: "sk_test_abc"}, SECRET),
        ({KEY: "sk_test_abc", SECRET: "  "}, SECRET),
        ({SECRET: "whsec_abc"}, KEY),
        ({**GOOD, KEY: "sk_live_abc"}, KEY),
        ({**GOOD, KEY: "rk_live_abc"}, KEY),
        ({**GOOD, KEY: "pk_test_abc"}, KEY),
        ({**GOOD, SECRET: "sk_test_abc"}, SECRET),
        ({**GOOD, API: "127.0.0.1:12111"}, API),
        ({**PRODUCTION, **GOOD}, KEY),
        ({**PRODUCTION, API: "http://127.0.0.1:12111"}, API),
    ],
)
def test_what_makes_no_sense_stops_the_start_with_a_sentence(environ: dict[str, str], named: str) -> None:
    with pytest.raises(BadSettings, match=named) as refusal:
        Settings.from_env(environ)
    assert "abc" not in str(refusal.value)
