"""A waybill's paper: which size this desk prints, and what of a person stands on it."""

import pytest

from shop.fulfilment.marks import hidden_phone
from tests.support.pages import Pages
from tests.world.market import Market, listing, pack, paid_order, receive_all, variant_id


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800005678", "1******5678"),
        ("02888123456", "0******3456"),
        ("88123456", "******56"),
        ("95338", "*****"),
        ("", ""),
    ],
)
def test_at_least_six_figures_of_a_phone_are_hidden(phone: str, shown: str) -> None:
    assert hidden_phone(phone) == shown


def test_a_desk_keeps_the_size_of_its_paper(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    receive_all(at, made.code)
    parcel = pack(at, made.code)
    at.world.deliver()
    here = f"/staff/parcels/{parcel}/label"

    assert "paper-label-100" in staff.get(here).text
    token = staff.get(here).form("76×130").values["csrf_token"]
    for sent in ("76", "9000"):
        staff.post(here, {"csrf_token": token, "size": sent})
        assert "paper-label-76" in staff.get(f"/staff/parcels/{parcel}/slip").text
