"""Coming in: sign-in, forgotten passwords. Acts in steps, each step a transaction of its own.

A refused try must stay counted, yet a refusal rolls its transaction back. So these acts take the edge instead of a
session, like the flows that talk to the outside: the try is written and committed first, then counted, then judged.
Counting only after the commit is what makes the limit hold when many try in the same instant: each of them sees every
try committed before it looks, so never more than the limit pass (a few too many may be refused). A try that was
refused for coming too early is struck out again, so that knocking does not lengthen the wait.

Argon2 takes tens of milliseconds of work; it runs between the transactions, while no lock is held.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from shop.accounts import services
from shop.accounts.passwords import Hasher
from shop.accounts.queries import Person, credentials, person_by_phone
from shop.accounts.rules import (
    ASK_ADDRESS,
    ASK_PHONE,
    RESET_ADDRESS,
    RESET_PHONE,
    SIGN_IN_ADDRESS,
    SIGN_IN_PHONE,
    Limit,
    WrongCode,
    WrongCredentials,
    attempt_key,
    check_password,
    is_code,
    network_of,
    normal_phone,
)
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.errors import Forbidden, TooMany

Tries = Sequence[tuple[Limit, str]]


def _counted(edge: Edge, act: str, tries: Tries, *, secret: str, clock: Clock) -> tuple[list[int], list[str]]:
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


def _proven(edge: Edge, hasher: Hasher, phone: str, password: str, address: str, *, secret: str, clock: Clock) -> None:
    """Check a phone and its password, counting the failures of both the phone and the address.

    Raises:
        WrongCredentials: they do not open anything; words and time are the same whether the phone is known or not.
        TooMany: too many failures before.
    """
    tries = ((SIGN_IN_PHONE, phone), (SIGN_IN_ADDRESS, network_of(address)))
    ids, keys = _counted(edge, "sign_in", tries, secret=secret, clock=clock)
    with edge.reading() as session:
        found = credentials(session, phone)
    is_right = hasher.verify(found.password_hash if found else None, password)
    if found is None or not found.is_active or not is_right:
        raise WrongCredentials
    renewed = hasher.hash(password) if hasher.is_outdated(found.password_hash) else None
    user_id = found.user_id

    def settle(session: Session) -> None:
        # Only failures count: the phone starts afresh, and the shared address gets this try back.
        services.forget_attempts(session, ids, keys[:1])
        if renewed is not None:
            services.renew_hash(session, user_id, renewed)

    edge.run(settle)


def sign_in(
    edge: Edge, hasher: Hasher, *, phone: str, password: str, address: str, secret: str, clock: Clock
) -> Person:
    """Return the person whom phone and password open.

    Args:
        phone: as typed.
        address: the network address that asks; failures are counted for it too.
        secret: the house's secret, for the keyed digests that tries are counted under.

    Raises:
        WrongCredentials: no such person, a closed account, or another password.
        TooMany: eight failures for the phone, or eighty for the address, in a quarter of an hour.
    """
    phone = normal_phone(phone)
    _proven(edge, hasher, phone, password, address, secret=secret, clock=clock)
    with edge.reading() as session:
        person = person_by_phone(session, phone)
    if person is None:
        raise WrongCredentials
    return person


def change_password(
    edge: Edge,
    hasher: Hasher,
    *,
    actor: Actor,
    phone: str,
    current: str,
    new: str,
    address: str,
    secret: str,
    clock: Clock,
) -> Person:
    """Change the acting person's password, which ends all their sessions; the door signs this browser in again.

    Args:
        phone: the acting person's own number.

    Returns:
        The person with their new session epoch.

    Raises:
        Forbidden: nobody is signed in.
        Invalid: field "password", the new one will not do.
        WrongCredentials: the current password is another.
        TooMany: as in `sign_in`, and counted together with it.
    """
    user_id = actor.user_id
    if user_id is None:
        raise Forbidden("change_password")
    check_password(new, phone)
    _proven(edge, hasher, phone, current, address, secret=secret, clock=clock)
    password_hash = hasher.hash(new)
    return edge.run(lambda session: services.set_password(session, user_id, password_hash))


def ask_reset_code(edge: Edge, *, phone: str, address: str, secret: str, clock: Clock) -> None:
    """Ask for a code to set a new password; says the same whether the phone is known or not.

    Raises:
        TooMany: three times an hour for a phone, ten for an address, counted for unknown phones too.
    """
    phone = normal_phone(phone)
    tries = ((ASK_PHONE, phone), (ASK_ADDRESS, network_of(address)))
    _counted(edge, "ask_reset_code", tries, secret=secret, clock=clock)
    edge.run(lambda session: services.want_code(session, phone, clock=clock))


def reset_password(
    edge: Edge, hasher: Hasher, *, phone: str, code: str, new: str, address: str, secret: str, clock: Clock
) -> Person:
    """Set a new password with a code from the phone; ends all the person's sessions.

    A password that will not do is refused before the code is looked at, so it costs no try.

    Returns:
        The person with their new session epoch.

    Raises:
        Invalid: field "password".
        WrongCode: never sent, mistyped, used, older than ten minutes, or tried five times.
        TooMany: fifteen tries an hour for a phone, sixty for an address.
    """
    phone = normal_phone(phone)
    check_password(new, phone)
    tries = ((RESET_PHONE, phone), (RESET_ADDRESS, network_of(address)))
    _counted(edge, "reset_password", tries, secret=secret, clock=clock)
    live = edge.run(lambda session: services.try_code(session, phone, clock=clock))
    if live is None:
        raise WrongCode
    message_id, digest = live
    if not is_code(secret, message_id, "".join(code.split()), digest):
        raise WrongCode
    password_hash = hasher.hash(new)

    def act(session: Session) -> Person:
        person = person_by_phone(session, phone)
        if person is None or not services.use_code(session, message_id, clock=clock):
            raise WrongCode
        return services.set_password(session, person.id, password_hash)

    return edge.run(act)
