"""The form that hands in a file of goods."""

from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectMultipleField

from shop.web.forms import ShopForm, required

REHEARSE, CREATE, VOUCH = "rehearse", "create", "vouch"


class ImportForm(ShopForm):
    """A file, and what its import may do."""

    file = FileField(
        _l("货单文件"),
        [required(_l("请选一个文件。"))],
        description=_l(".xlsx、.csv 或 .jsonl，最大 20 MB，最多 10 万行"),
    )
    may = SelectMultipleField(_l("怎么导"), validate_choice=False)
