"""What the demo town tells of itself: stories, sights, the way here, help, an announcement."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.languages import Language
from shop.site.articles.models import ArticleKind
from shop.site.articles.rules import Draft, Words
from shop.site.articles.services import publish_new

Row = dict[str, Any]


def pictures_of(rows: list[Row]) -> set[str]:
    """Return the drawings that articles show."""
    return {row["picture"] for row in rows if "picture" in row}


def tell_all(session: Session, rows: list[Row], keys: Mapping[str, str], *, actor: Actor, clock: Clock) -> None:
    """Publish them by the act that does so in a real town, in the order of the file.

    Args:
        keys: of the printed drawings, by their names.
    """
    today = town_day(clock())
    for position, row in enumerate(rows, 1):
        first, last = (today + timedelta(days=day) for day in row["days"]) if "days" in row else (None, None)
        publish_new(
            session,
            ArticleKind(row["kind"]),
            Draft(
                words={language: Words(**row[language.value]) for language in Language if language.value in row},
                position=position,
                village=row.get("village", ""),
                vendor=row.get("vendor", ""),
                photo_key=keys[row["picture"]] if "picture" in row else None,
                first_on=first,
                last_on=last,
            ),
            code=row["code"],
            actor=actor,
            clock=clock,
        )
