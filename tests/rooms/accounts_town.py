"""The acts of coming in with their wiring filled in, for the tests of accounts."""

from sqlalchemy import func, select

from shop.accounts import entry, services
from shop.accounts.models import Attempt, CodePurpose, Device, How, Role, SmsCode, User
from shop.accounts.passwords import Hasher
from shop.accounts.queries import Person, person_in_session
from shop.accounts.sign_ins import open_sign_in
from shop.kernel.actor import Actor, system
from shop.kernel.edge import Edge
from shop.kernel.outbox import Message
from tests.support.clock import SettableClock

SECRET = "the secret of these tests"
PHONE, PASSWORD, NEW = "13800000001", "bamboo-rain-hat", "walnut-and-plum"
ADDRESS = "203.0.113.7"
HOUSE = system("tests")


class Town:
    """The acts under test with their wiring filled in."""

    def __init__(self, edge: Edge, clock: SettableClock, hasher: Hasher) -> None:
        self.edge, self.clock, self.hasher = edge, clock, hasher
        self._entered: dict[tuple[int, int], int] = {}

    def _enter(self, person: Person) -> Person:
        """Open a sign-in as a door does, the first time this person is met."""
        known = (person.id, person.epoch)
        if known not in self._entered:
            self._entered[known] = self.edge.run(
                lambda session: open_sign_in(
                    session, person.id, How.PASSWORD, Device.OWN, browser="安卓手机", card_id=None, clock=self.clock
                )
            )
        return person

    def person(self, phone: str = PHONE, password: str = PASSWORD, *, actor: Actor = HOUSE) -> Person:
        person = self.edge.run(
            lambda session: services.create_user(
                session,
                phone=phone,
                name="周素珍",
                password=password,
                roles=[Role.VENDOR],
                hasher=self.hasher,
                actor=actor,
                clock=self.clock,
            )
        )
        return self._enter(person)

    def sign_in(self, phone: str = PHONE, password: str = PASSWORD, address: str = ADDRESS) -> Person:
        return entry.sign_in(
            self.edge, self.hasher, phone=phone, password=password, address=address, secret=SECRET, clock=self.clock
        )

    def ask(self, phone: str = PHONE, address: str = ADDRESS) -> None:
        entry.ask_reset_code(self.edge, phone=phone, address=address, secret=SECRET, clock=self.clock)

    def ask_in(self, phone: str = PHONE, address: str = ADDRESS) -> None:
        entry.ask_entry_code(self.edge, phone=phone, address=address, secret=SECRET, clock=self.clock)

    def enter(self, code: str, phone: str = PHONE, name: str = "", address: str = ADDRESS) -> Person:
        return entry.enter_by_code(
            self.edge, phone=phone, code=code, name=name, address=address, secret=SECRET, clock=self.clock
        )

    def reset(self, code: str, phone: str = PHONE, new: str = NEW) -> Person:
        person = entry.reset_password(
            self.edge,
            self.hasher,
            phone=phone,
            code=code,
            new=new,
            address=ADDRESS,
            secret=SECRET,
            clock=self.clock,
        )
        return self._enter(person)

    def change(self, person: Person, current: str, new: str = NEW) -> Person:
        changed = entry.change_password(
            self.edge,
            self.hasher,
            actor=Actor(person.id, person.code, person.roles),
            phone=person.phone,
            current=current,
            new=new,
            address=ADDRESS,
            secret=SECRET,
            clock=self.clock,
        )
        return self._enter(changed)

    def messages(self) -> list[Message]:
        with self.edge.reading() as session:
            found = list(session.scalars(select(Message).order_by(Message.id)))
            session.expunge_all()
        return found

    def make_code(self, purpose: CodePurpose = CodePurpose.RESET) -> str:
        message = self.messages()[-1]
        return self.edge.run(
            lambda session: services.make_code(
                session, message.id, message.facts["phone"], purpose=purpose, secret=SECRET, clock=self.clock
            )
        )

    def count(self, model: type[Attempt] | type[SmsCode] | type[User]) -> int:
        with self.edge.reading() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def is_open(self, person: Person) -> bool:
        """Tell whether the browser that a person came in on is still signed in."""
        sign_in_id = self._entered[person.id, person.epoch]
        with self.edge.reading() as session:
            return person_in_session(session, person.id, person.epoch, sign_in_id, self.clock()) is not None
