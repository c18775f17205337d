"""The demo town's written rules: each in force for a month, and one change that is shown ahead."""

from datetime import timedelta
from importlib.resources import files

from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.site.models import Rule
from shop.site.services import publish

AGO, AHEAD = timedelta(days=30), timedelta(days=9)
NOTE = "鲜货有问题，从 48 小时放宽到 72 小时内说。"


def publish_all(session: Session, *, actor: Actor, clock: Clock) -> None:
    """Publish them by the act that does so in a real town."""
    began = town_day(clock() - AGO)
    for rule in Rule:
        publish(
            session,
            rule,
            text=_text(rule.value),
            note="",
            effective_on=began,
            version=0,
            actor=actor,
            clock=lambda: clock() - AGO,
        )
    publish(
        session,
        Rule.AFTER_SALE,
        text=_text(f"{Rule.AFTER_SALE.value}_next"),
        note=NOTE,
        effective_on=town_day(clock()) + AHEAD,
        version=1,
        actor=actor,
        clock=clock,
    )


def _text(name: str) -> str:
    return (files(__package__) / "data" / "rules" / f"{name}.md").read_text(encoding="utf-8")
