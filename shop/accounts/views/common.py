"""What the pages of coming in have in common."""

from flask import Response, make_response, render_template, request, url_for

from shop.accounts.queries import Person
from shop.kernel.errors import TooMany
from shop.vendors.queries import vendor_of_member
from shop.web.audience import Audience, blueprint
from shop.web.forms import ShopForm
from shop.web.house import reading
from shop.web.i18n import _
from shop.web.limits import limiter

bp = blueprint("accounts", __name__, Audience.PUBLIC)

# The counted tries in `entry` are the limit that people meet; this one only keeps a flood from the database.
posts_limited = limiter.limit("60 per minute", methods=["POST"])


def address() -> str:
    """Return the network address that asks."""
    return request.remote_addr or ""


def home_of(person: Person) -> str:
    """Return where a person's work, or shopping, begins."""
    if vendor_of_member(reading(), person.id) is not None:
        return url_for("vendor_catalog.home")
    if person.roles & {"staff", "manager"}:
        return url_for("staff_fulfilment.today")
    if "driver" in person.roles:
        return url_for("driver.run")
    return url_for("catalog.home")


def too_many(form: ShopForm, error: TooMany) -> int:
    """Say in a form when to come back, and return the seconds until then."""
    minutes = -(-error.retry_s // 60)
    form.form_errors.append(_("试的次数太多了，%(n)d 分钟后再来。", n=minutes))
    return error.retry_s


def again(template: str, form: ShopForm, retry_s: int | None = None, **words: object) -> Response:
    """Show a form, or show it again with what was typed and what is wrong with it."""
    status = 429 if retry_s else (422 if request.method == "POST" else 200)
    response = make_response(render_template(template, form=form, **words), status)
    if retry_s:
        response.headers["Retry-After"] = str(retry_s)
    return response
