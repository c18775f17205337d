"""Builders of consents: a vendor says yes to staff acting for them."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from io import BytesIO

from PIL import Image
from sqlalchemy.orm import Session

from shop.kernel.clock import town_day
from shop.media.private import receive_private
from shop.vendors.acts.consents import Yes, note_consent
from shop.vendors.acts.models import ActKind, ConsentScope, ConsentWay
from tests.world.market import HOUSE, STAFF, Market


def taken_back(_session: Session, kind: ActKind, about: str) -> str:
    """Say plainly that something was taken back."""
    return f"{about}: {kind.value} taken back"


def _paper() -> bytes:
    out = BytesIO()
    Image.linear_gradient("L").resize((640, 480)).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def consent(at: Market, *, scopes: Sequence[ConsentScope] = (ConsentScope.ALL,), days: int = 30) -> str:
    """Note a consent of the household that counts for so many days from today, and return its code."""
    house, clock = at.world.house, at.world.clock
    key = receive_private(at.world.edge.transaction, house.store, _paper(), actor=HOUSE, clock=clock)
    today = town_day(clock())
    said = Yes(scopes, "周素珍", today, today + timedelta(days=days), ConsentWay.THUMB, key)
    return at.world.run(partial(note_consent, vendor_id=at.vendor.id, said=said, actor=STAFF, clock=clock))
