"""Addresses of the house's own pages, each made once: a page has a hundred, and most are on the next page too."""

from functools import lru_cache
from typing import Any

from flask import Flask, has_request_context, request

from shop.app.templating import Environment

MOST, LONGEST = 8192, 80
"""Addresses kept in a process; characters of what may stand in one of them."""


class Shop(Flask):
    """An application that remembers the addresses it has made."""

    jinja_environment = Environment

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._address = lru_cache(MOST, typed=True)(self._made)

    def _made(self, _root: str, endpoint: str, **values: Any) -> str:
        return super().url_for(endpoint, **values)

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """Return an address as Flask does.

        One that hangs on the request (a whole one, one beside the present page) is made each time. So is one that
        holds what somebody typed at length, which would drive out the others.
        """
        if endpoint[:1] == "." or not has_request_context() or not all(map(_is_plain, values, values.values())):
            return super().url_for(endpoint, **values)
        return self._address(request.root_path, endpoint, **values)


def _is_plain(name: str, value: object) -> bool:
    """Tell whether an address with this may be kept: not with a part that Flask makes of the request, or at length.

    Flask names such a part with a line in front, and names all of them with each address, as None.
    """
    if value is None:
        return True
    return name[:1] != "_" and (isinstance(value, int) or (isinstance(value, str) and len(value) <= LONGEST))
