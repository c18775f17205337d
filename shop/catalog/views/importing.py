"""The centre brings goods in from a file: hand it in, see how far it is, read what was not taken."""

from contextlib import closing
from dataclasses import dataclass
from io import BytesIO

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from shop.catalog.forms.importing import CREATE, REHEARSE, VOUCH, ImportForm
from shop.catalog.imports.queries import ImportFacts, fault_count, faults_of, import_by_code, latest_imports
from shop.catalog.imports.reasons import words
from shop.catalog.imports.reports import faults_csv
from shop.catalog.imports.services import ImportInHand
from shop.catalog.imports.sheets import Fault
from shop.catalog.imports.template import known_names, write_template
from shop.flows.import_directory import Options
from shop.flows.import_jobs import hand_in
from shop.web.audience import Audience, blueprint
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say
from shop.web.words import town_time

bp = blueprint("staff_imports", __name__, Audience.STAFF, prefix="/staff/import")

MAX_BYTES = 20 * 1024 * 1024
SHOWN = 100
"""So many faults are shown on the page; the file of faults holds all."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Past:
    """One of the last imports, in a line."""

    code: str
    file_name: str
    at: str
    is_rehearsal: bool
    outcome: str


@dataclass(frozen=True)
class Wrong:
    """One flaw of a row, in words."""

    row: int
    ref: str
    column: str
    cell: str
    why: str
    is_refused: bool


@bp.get("")
def form() -> ResponseReturnValue:
    """Ask for a file."""
    return _page(_form())


def _form() -> ImportForm:
    return _with_choices(ImportForm(formdata=None))


def _with_choices(form: ImportForm) -> ImportForm:
    """Offer what this person may have an import do: only managers add names or vouch."""
    choices = [(REHEARSE, _("先试一遍，不当真"))]
    if current_actor().has("manager"):
        choices += [(CREATE, _("没有的农户、村、类就新建")), (VOUCH, _("中心替这些农户担保证照 30 天"))]
    form.may.choices = choices
    return form


def _page(form: ImportForm, status: int = 200) -> Response:
    past = tuple(_past(one) for one in latest_imports(reading()))
    return make_response(render_template("staff/import.html", form=form, past=past), status)


def _past(one: ImportFacts) -> Past:
    if one.failure is not None:
        outcome = _("没导进来")
    elif not one.has_ended:
        outcome = _("正在导")
    else:
        outcome = _("新加 %(added)d，改了 %(changed)d，退回 %(refused)d", **_counts(one))
    return Past(one.code, one.file_name, town_time(one.made_at), one.is_rehearsal, outcome)


def _counts(one: ImportFacts) -> dict[str, int]:
    return {"added": one.added, "changed": one.changed, "refused": one.refused}


@bp.post("")
def start() -> ResponseReturnValue:
    """Hand a file in."""
    form = _with_choices(ImportForm.from_request())
    if not form.is_sent_well():
        return _page(form, 422)
    file_name, raw = _sent(form.file.data)
    if not 0 < len(raw) <= MAX_BYTES:
        form.file.errors = [_("文件超过 20 MB，请分成几个。") if raw else _("文件是空的。")]
        return _page(form, 422)
    may = set(form.may.data or ())
    options = Options(creates=CREATE in may, vouches=VOUCH in may, is_rehearsal=REHEARSE in may)
    actor, wired = current_actor(), house()
    try:
        code = hand_in(edge(), wired.store, raw, file_name or _("货单"), options, actor=actor, clock=wired.clock)
    except ImportInHand as other:
        say("mind", _("上一份还没导完，等它导完再交这一份。"))
        code = other.code
    return redirect(url_for("staff_imports.progress", code=code), 303)


def _sent(file: object) -> tuple[str, bytes]:
    """Return an uploaded file's name and bytes, one byte more than may be of one that is too large."""
    if not isinstance(file, FileStorage):
        return "", b""
    with closing(file):
        return file.filename or "", file.read(MAX_BYTES + 1)


@bp.get("/<code>")
def progress(code: str) -> ResponseReturnValue:
    """Show how far an import is, and at last what came of it."""
    one = import_by_code(reading(), code)
    wrong = tuple(_wrong(fault) for fault in faults_of(reading(), code, SHOWN)) if one.has_ended else ()
    return render_template(
        "staff/import_progress.html",
        one=one,
        percent=0 if not one.total else one.done * 100 // one.total,
        failure=None if one.failure is None else words(*one.failure),
        wrong=wrong,
        faults=fault_count(reading(), code) if one.has_ended else 0,
    )


def _wrong(fault: Fault) -> Wrong:
    flaw = fault.flaw
    return Wrong(fault.row, fault.ref, flaw.column, flaw.cell, words(flaw.reason, flaw.detail), fault.is_refused)


@bp.get("/<code>/faults.csv")
def faults(code: str) -> ResponseReturnValue:
    """Give everything that was not taken in as a CSV file."""
    one = import_by_code(reading(), code)
    head = (_("行"), _("编号"), _("进来了吗"), _("列"), _("原来写的"), _("为什么"))
    text = faults_csv(head, faults_of(reading(), one.code), words)
    return _download(text.encode(), "text/csv; charset=utf-8", f"faults-{one.code}.csv")


@bp.get("/template.xlsx")
def template() -> ResponseReturnValue:
    """Give an empty list of goods to fill in."""
    out = BytesIO()
    write_template(out, known_names(reading()))
    return _download(out.getvalue(), XLSX, "shanhuo-goods.xlsx")


def _download(content: bytes, kind: str, name: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response
