"""Pages that take documents: their requests have a limit of their own, minded before anything is read."""

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, request

V = TypeVar("V", bound=Callable[..., object])
MARK = "takes_documents"


def takes_documents(view: V) -> V:
    """Give a view's requests the limit of documents, instead of that of photos."""
    setattr(view, MARK, True)
    return view


def is_for_documents() -> bool:
    """Tell whether the present request goes to such a view."""
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), MARK, False))
