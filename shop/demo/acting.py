"""A household of the demo town that lets the centre act for it: a consent with a thumb print."""

from datetime import timedelta

from sqlalchemy.orm import Session

from shop.demo.press import print_picture
from shop.kernel.actor import Actor
from shop.kernel.clock import town_day
from shop.media.private import receive_private
from shop.vendors.acts.consents import Yes, note_consent
from shop.vendors.acts.models import ConsentScope, ConsentWay
from shop.vendors.queries import vendor_by_code
from shop.web.house import House

WIDTH = 960
DAYS = 300
SHEET = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 640">
<g id="colour"><rect width="480" height="640" fill="#faf6ee"/>
<ellipse cx="350" cy="520" rx="34" ry="46" fill="#b0281e"/></g>
<g id="ink" fill="none" stroke="#1e1a15" stroke-width="4">
<path d="M60 90h360M60 170h360M60 220h360M60 270h360M60 320h240M60 520h180"/></g></svg>"""
"""A written sheet and a red thumb."""


def agree(house: House, vendor_code: str, person: str, *, actor: Actor) -> None:
    """Note that a household lets the centre do everything for it but touch its account."""
    clock, today = house.clock, town_day(house.clock())
    jpeg = print_picture(SHEET, width=WIDTH, seed=1)
    key = receive_private(house.edge.transaction, house.store, jpeg, actor=actor, clock=clock)
    said = Yes((ConsentScope.ALL,), person, today, today + timedelta(days=DAYS), ConsentWay.THUMB, key)

    def act(session: Session) -> None:
        vendor = vendor_by_code(session, vendor_code)
        assert vendor is not None, "the demo's own vendors sell"
        note_consent(session, vendor.id, said, actor=actor, clock=clock)

    house.edge.run(act)
