"""Questions that somebody asked as matters of theirs."""

from flask import url_for

from shop.catalog.questions.queries import QuestionFacts
from shop.orders.views.matters.matter import Matter, Turn, bar
from shop.orders.views.words import Word
from shop.web.i18n import _


def of_question(asked: QuestionFacts) -> Matter:
    """Return a question with its answer as a matter of whoever asked it."""
    is_answered = asked.answered_at is not None
    listing = url_for("catalog.listing", code=asked.listing_code)
    return Matter(
        icon="talk",
        kind=_("问 %(who)s", who=asked.vendor_name),
        title=asked.text,
        word=Word(_("答了"), "done") if is_answered else Word(_("等回答"), "waiting"),
        bar=bar((_("问了"), _("回答")), 1, is_over=is_answered),
        told=asked.answer or _("主人家一天里没回，中心来回。回了发短信给您。"),
        action=(_("看看这样货"), listing if asked.is_shown else url_for("catalog.home")),
        turn=Turn.NOBODY if is_answered else Turn.HOUSE,
        at=asked.asked_at,
    )
