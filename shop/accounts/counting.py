"""Counting tries of what is limited: written down and committed before they are judged; see `entry` for why."""

from collections.abc import Sequence

from shop.accounts import services
from shop.accounts.rules import Limit, attempt_key
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.errors import TooMany

Tries = Sequence[tuple[Limit, str]]


def counted(edge: Edge, act: str, tries: Tries, *, secret: str, clock: Clock) -> tuple[list[int], list[str]]:
    """Count one try under every limit and return the rows' ids and their keys, in the order of the limits.

    Raises:
        TooMany: a limit is reached; the try is not counted.
    """
    keys = [attempt_key(secret, limit, value) for limit, value in tries]
    ids = edge.run(lambda session: services.note_attempts(session, keys, clock=clock))
    now = clock()
    with edge.reading() as session:
        waits = [services.wait_s(session, key, limit, now) for key, (limit, _) in zip(keys, tries, strict=True)]
    if any(waits):
        edge.run(lambda session: services.forget_attempts(session, ids))
        raise TooMany(act, max(waits))
    return ids, keys
