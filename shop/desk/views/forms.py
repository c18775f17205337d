"""Forms of the desk: how much of a claim is agreed to, who bears it, and the words that its buyer reads."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, StringField

from shop.desk.models import Bearer
from shop.desk.rules import MAX_REASON
from shop.web.claims import BEARER_WORDS
from shop.web.forms import ShopForm, at_most, between, clean, required

MOST = 1_000_000
"""More of anything, in pieces or grams, was never sold; how much was asked for is the claim's."""


class ReasonForm(ShopForm):
    """A decision's reason, for the buyer."""

    reason = StringField(
        _l("为什么，买家看得到"), [required(_l("请写一句为什么，买家看得到。")), at_most(MAX_REASON)], filters=[clean]
    )


class ObjectionForm(ReasonForm):
    """What a household is answered that says a claim is not its fault."""

    reason = StringField(
        _l("为什么，农户看得到"), [required(_l("请写一句为什么，农户看得到。")), at_most(MAX_REASON)], filters=[clean]
    )
    bearer = RadioField(
        _l("该算谁的"),
        [required(_l("请选该算谁的。"))],
        choices=[(bearer.value, words) for bearer, words in BEARER_WORDS.items()],
    )

    def chosen(self) -> Bearer:
        """Return who bears it from now on; call it on a form that was sent well."""
        return Bearer(self.bearer.data)


class AcceptForm(ReasonForm):
    """How much of a claim is agreed to, and who bears it."""

    much = IntegerField(_l("赔多少"), [between(1, MOST, _l("请填赔多少。"))])
    bearer = RadioField(
        _l("算谁的"),
        [required(_l("请选算谁的。"))],
        choices=[(bearer.value, words) for bearer, words in BEARER_WORDS.items()],
    )

    def chosen(self) -> Bearer:
        """Return who bears it; call it on a form that was sent well."""
        return Bearer(self.bearer.data)
