"""A clock that stands still until a test moves it."""

from datetime import datetime, timedelta


class SettableClock:
    """A `shop.kernel.clock.Clock`: call it for the moment it shows."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the moment the clock shows, aware, in UTC."""
        return self.now

    def set(self, now: datetime) -> None:
        """Show another moment, earlier or later."""
        assert now.tzinfo is not None, "a moment without a zone"
        self.now = now

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0, weeks: float = 0
    ) -> datetime:
        """Move on by so much and return the new moment."""
        self.now += timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        return self.now
