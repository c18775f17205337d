"""What the buyer's pages of claims share: their blueprint, and private photos."""

from collections.abc import Callable, Sequence

from flask.typing import ResponseReturnValue

from shop.kernel.errors import NotFound
from shop.media.private import private_photo, private_picture
from shop.media.queries import Picture
from shop.media.rules import TYPES
from shop.web.audience import Audience, blueprint
from shop.web.house import edge, house
from shop.web.i18n import _

bp = blueprint("claims", __name__, Audience.PUBLIC)


def pictures(keys: Sequence[str], address: Callable[..., str]) -> tuple[Picture, ...]:
    """Return what draws private photos; their address takes the number of each."""
    with edge().reading() as session:  # anew: the page's own reading may have begun before a photo came
        found = [
            private_picture(session, key, src=address(number=place), alt=_("第 %(n)d 张照片", n=place))
            for place, key in enumerate(keys, 1)
        ]
    return tuple(one for one in found if one is not None)


def photo_answer(keys: Sequence[str], number: int) -> ResponseReturnValue:
    """Answer with one of these private photos, which no browser keeps; the caller has judged who asks.

    Raises:
        NotFound: there is no such photo, or its file is gone.
    """
    content = private_photo(house().store, keys[number - 1]) if 0 < number <= len(keys) else None
    if content is None:
        raise NotFound("photo")
    return content, {"Content-Type": TYPES["jpg"], "Cache-Control": "private, no-store"}
