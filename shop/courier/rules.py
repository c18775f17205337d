"""Pure rules of carriage: what a weight costs in a zone, and a shipment's passages."""

from collections.abc import Mapping
from typing import Protocol

from shop.courier.models import ShipmentState

NEXT: Mapping[ShipmentState, frozenset[ShipmentState]] = {
    ShipmentState.BOOKED: frozenset({ShipmentState.PICKED_UP, ShipmentState.CANCELLED}),
    ShipmentState.PICKED_UP: frozenset({ShipmentState.DELIVERED, ShipmentState.RETURNED}),
    ShipmentState.DELIVERED: frozenset(),
    ShipmentState.RETURNED: frozenset(),
    ShipmentState.CANCELLED: frozenset(),
}

PROVINCES = (
    "四川", "重庆", "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽",
    "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "贵州", "云南", "西藏", "陕西", "甘肃",
    "青海", "宁夏", "新疆",
)  # fmt: skip
"""Where parcels may go, by the short names people say, the town's own province first."""


CARRIER_NAMES: Mapping[str, str] = {"town": "镇上送货"}


class Priced(Protocol):
    """A zone's price: a first weight and further steps."""

    @property
    def first_g(self) -> int:
        """Weight that the first price covers, in grams."""

    @property
    def first_fen(self) -> int:
        """Price of the first weight, in fen."""

    @property
    def step_g(self) -> int:
        """A further step, in grams."""

    @property
    def step_fen(self) -> int:
        """Price of a further step, in fen."""


def price(rate: Priced, weight_g: int) -> int:
    """Return what a parcel of this weight costs in fen; a begun step counts whole."""
    over = max(0, weight_g - rate.first_g)
    return rate.first_fen + -(-over // rate.step_g) * rate.step_fen
