"""Coming in: by password, by a code from the phone; forgotten passwords.

Acts in steps, each step a transaction of its own.

A refused try must stay counted, yet a refusal rolls its transaction back. So these acts take the edge instead of a
session, like the flows that talk to the outside: the try is written and committed first, then counted, then judged.
Counting only after the commit is what makes the limit hold when many try in the same instant: each of them sees every
try committed before it looks, so never more than the limit pass (a few too many may be refused). A try that was
refused for coming too early is struck out again, so that knocking does not lengthen the wait.

Argon2 takes tens of milliseconds of work; it runs between the transactions, while no lock is held.
"""

from sqlalchemy.orm import Session

from shop.accounts import services
from shop.accounts.correcting import correct
from shop.accounts.counting import counted
from shop.accounts.models import CodePurpose
from shop.accounts.passwords import Hasher
from shop.accounts.queries import Person, credentials, person_by_phone
from shop.accounts.rules import (
    ASK_ADDRESS,
    ASK_ENTRY_ADDRESS,
    ASK_PHONE,
    ENTER_ADDRESS,
    ENTER_PHONE,
    RESET_ADDRESS,
    RESET_PHONE,
    SIGN_IN_ADDRESS,
    SIGN_IN_PHONE,
    WrongCode,
    WrongCredentials,
    check_name,
    check_password,
    check_phone,
    is_code,
    network_of,
    normal_phone,
)
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.errors import Forbidden, Invalid
from shop.kernel.languages import Language


def _proven(edge: Edge, hasher: Hasher, phone: str, password: str, address: str, *, secret: str, clock: Clock) -> None:
    """Check a phone and its password, counting the failures of both the phone and the address.

    Raises:
        WrongCredentials: they do not open anything; words and time are the same whether the phone is known or not.
        TooMany: too many failures before.
    """
    tries = ((SIGN_IN_PHONE, phone), (SIGN_IN_ADDRESS, network_of(address)))
    ids, keys = counted(edge, "sign_in", tries, secret=secret, clock=clock)
    with edge.reading() as session:
        found = credentials(session, phone)
    is_right = hasher.verify(found.password_hash if found else None, password)
    if found is None or not found.is_active or not is_right:
        raise WrongCredentials
    is_outdated = found.password_hash is not None and hasher.is_outdated(found.password_hash)
    renewed = hasher.hash(password) if is_outdated else None
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
    return edge.run(lambda session: services.set_password(session, user_id, password_hash, clock=clock))


def prove(
    edge: Edge, hasher: Hasher, *, phone: str, password: str, code: str, address: str, secret: str, clock: Clock
) -> None:
    """Check once more that it is the person themself: by their password, or by a code that came to their phone.

    Args:
        phone: the person's own number.
        password: empty to prove it by the code, which is used up.

    Raises:
        WrongCredentials: the password is another.
        WrongCode: as in `enter_by_code`.
        TooMany: as in `sign_in` and `enter_by_code`, and counted together with them.
    """
    if password:
        _proven(edge, hasher, phone, password, address, secret=secret, clock=clock)
        return
    tries = ((ENTER_PHONE, phone), (ENTER_ADDRESS, network_of(address)))
    counted(edge, "prove", tries, secret=secret, clock=clock)
    message_id = _right_code(edge, phone, code, CodePurpose.ENTRY, secret=secret, clock=clock)
    if not edge.run(lambda session: services.use_code(session, message_id, clock=clock)):
        raise WrongCode


def move_phone(edge: Edge, *, actor: Actor, phone: str, code: str, address: str, secret: str, clock: Clock) -> None:
    """Let the acting person come in with another phone from now on, proved by a code from it.

    Raises:
        Forbidden: nobody is signed in.
        Invalid: field "phone": no mobile number ("shape"), or somebody's already ("taken"): told only to whoever holds
            it.
        WrongCode, TooMany: as in `enter_by_code`, and counted together with it.
    """
    user_id = actor.user_id
    if user_id is None:
        raise Forbidden("move_phone")
    phone = normal_phone(phone)
    check_phone(phone)
    tries = ((ENTER_PHONE, phone), (ENTER_ADDRESS, network_of(address)))
    counted(edge, "move_phone", tries, secret=secret, clock=clock)
    message_id = _right_code(edge, phone, code, CodePurpose.ENTRY, secret=secret, clock=clock)

    def act(session: Session) -> None:
        if person_by_phone(session, phone) is not None:
            raise Invalid("phone", "taken")
        if not services.use_code(session, message_id, clock=clock):
            raise WrongCode
        correct(session, user_id, phone=phone)

    edge.run(act)


def ask_reset_code(
    edge: Edge, *, phone: str, address: str, secret: str, language: Language = Language.HANS, clock: Clock
) -> None:
    """Ask for a code to set a new password; says the same whether the phone is known or not.

    Raises:
        TooMany: three times an hour for a phone, ten for an address, counted for unknown phones too.
    """
    phone = normal_phone(phone)
    tries = ((ASK_PHONE, phone), (ASK_ADDRESS, network_of(address)))
    counted(edge, "ask_reset_code", tries, secret=secret, clock=clock)
    edge.run(lambda session: services.want_code(session, phone, language, clock=clock))


def _right_code(edge: Edge, phone: str, code: str, purpose: CodePurpose, *, secret: str, clock: Clock) -> int:
    """Spend one try of a phone's code and return the message it came by; the code is not used up yet.

    Raises:
        WrongCode: never sent for this purpose, mistyped, used, older than ten minutes, or tried five times.
    """
    live = edge.run(lambda session: services.try_code(session, phone, purpose, clock=clock))
    if live is None:
        raise WrongCode
    message_id, digest = live
    if not is_code(secret, message_id, "".join(code.split()), digest):
        raise WrongCode
    return message_id


def ask_entry_code(
    edge: Edge, *, phone: str, address: str, secret: str, language: Language = Language.HANS, clock: Clock
) -> None:
    """Ask for a code to come in with; it is sent whether the phone is known or not, since it may open an account.

    Raises:
        Invalid: field "phone".
        TooMany: three codes an hour for a phone, those for a forgotten password among them; thirty for an address.
    """
    known = _may_ask(edge, phone, address, secret=secret, clock=clock)
    edge.run(lambda session: services.want_entry_code(session, known, language, clock=clock))


def ask_helper_code(edge: Edge, *, phone: str, address: str, secret: str, clock: Clock) -> None:
    """Ask for a code to be sent to somebody who shall help a household; they tell it to its owner.

    Raises:
        Invalid: field "phone".
        TooMany: as in `ask_entry_code`, and counted together with it.
    """
    known = _may_ask(edge, phone, address, secret=secret, clock=clock)
    edge.run(lambda session: services.want_helper_code(session, known, clock=clock))


def _may_ask(edge: Edge, phone: str, address: str, *, secret: str, clock: Clock) -> str:
    """Count an asking for a code and return the phone in its normal form."""
    phone = normal_phone(phone)
    check_phone(phone)
    tries = ((ASK_PHONE, phone), (ASK_ENTRY_ADDRESS, network_of(address)))
    counted(edge, "ask_entry_code", tries, secret=secret, clock=clock)
    return phone


def enter_by_code(
    edge: Edge,
    *,
    phone: str,
    code: str,
    name: str,
    address: str,
    secret: str,
    clock: Clock,
    purpose: CodePurpose = CodePurpose.ENTRY,
) -> Person:
    """Return the person of a phone, proved by a code from it; opens a buyer's account where there is none.

    Args:
        name: of whom an account is opened for; of no meaning where there is one. May be empty.
        purpose: what the code was asked for: coming in themself, or helping a household.

    Raises:
        Invalid: field "name", reason "length": the code is right, but there is no account and no name to open one
            with. The code is not used up: sent again with a name, it opens.
        WrongCode: never sent for this purpose, mistyped, used, older than ten minutes, tried five times; or the account
            is closed.
        TooMany: fifteen tries an hour for a phone, sixty for an address.
    """
    phone, name = normal_phone(phone), name.strip()
    tries = ((ENTER_PHONE, phone), (ENTER_ADDRESS, network_of(address)))
    counted(edge, "enter_by_code", tries, secret=secret, clock=clock)
    message_id = _right_code(edge, phone, code, purpose, secret=secret, clock=clock)

    def act(session: Session) -> Person:
        found = credentials(session, phone)
        if found is None:
            check_name(name)
        elif not found.is_active:
            raise WrongCode
        if not services.use_code(session, message_id, clock=clock):
            raise WrongCode
        person = person_by_phone(session, phone)
        return person or services.open_account(session, phone, name, clock=clock)

    return edge.run(act)


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
    counted(edge, "reset_password", tries, secret=secret, clock=clock)
    message_id = _right_code(edge, phone, code, CodePurpose.RESET, secret=secret, clock=clock)
    password_hash = hasher.hash(new)

    def act(session: Session) -> Person:
        person = person_by_phone(session, phone)
        if person is None or not services.use_code(session, message_id, clock=clock):
            raise WrongCode
        return services.set_password(session, person.id, password_hash, clock=clock)

    return edge.run(act)
