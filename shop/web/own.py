"""What only a vendor's owner may open, signed in themself: who gets paid where, and who else may act."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import abort
from flask.typing import ResponseReturnValue

from shop.vendors.queries import is_owner
from shop.web.house import current_actor, current_vendor, reading

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


def is_own_page() -> bool:
    """Tell whether the vendor's owner is looking, signed in themself."""
    own, actor = current_vendor(), current_actor()
    if own is None or actor.user_id is None or actor.for_vendor:
        return False
    return is_owner(reading(), own.id, actor.user_id)


def owner_only(view: View[P]) -> View[P]:
    """Guard a view of a vendor's page: neither a delegate nor staff acting for the vendor get in (403)."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not is_own_page():
            abort(403)
        return view(*args, **kwargs)

    return guarded
