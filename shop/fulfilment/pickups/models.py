"""Pick-up runs: a car, a day, and the places where it calls."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Line, Model, choice
from shop.kernel.states import HistoryColumns
from shop.town.models import Village


class PickupState(StrEnum):
    """Whether the car comes."""

    PLANNED = "planned"
    CALLED_OFF = "called_off"


class PickupRun(Model):
    """One round of the centre's car through some villages."""

    __tablename__ = "pickup_run"
    __table_args__ = (CheckConstraint("version > 0", name="version"),)

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    """Made with the page that plans it: a second click finds the first run."""
    runs_on: Mapped[date] = mapped_column(Date, index=True)
    driver: Mapped[Line] = mapped_column(default="")
    note: Mapped[Line] = mapped_column(default="")
    """For the driver alone; it stands on the sheet."""
    state: Mapped[PickupState] = mapped_column(choice(PickupState, "state"), default=PickupState.PLANNED)
    version: Mapped[int] = mapped_column(default=1)
    """Goes up with every change, so that nobody changes a run they have not seen."""
    stops: Mapped[list["PickupStop"]] = relationship(
        lazy="selectin", order_by="PickupStop.hour, PickupStop.id", cascade="all, delete-orphan"
    )


class PickupStop(Model):
    """A village where a run calls: when, and at which place.

    A village is called at once a day, so that a household never has to choose; a run that is called off has no stops.
    """

    __tablename__ = "pickup_stop"
    __table_args__ = (UniqueConstraint("village_id", "runs_on"),)

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("pickup_run.id"), index=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    runs_on: Mapped[date] = mapped_column(Date)
    """The day of its run."""
    hour: Mapped[Code]
    """Town time "HH:MM"."""
    place: Mapped[Line]
    """In the words of the village: 村口大黄桷树下."""
    village: Mapped[Village] = relationship(lazy="joined", innerjoin=True)


class PickupHistory(HistoryColumns, Model):
    """One passage of a run; its reason says how the run then stood."""

    __tablename__ = "pickup_history"

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("pickup_run.id"), index=True)
