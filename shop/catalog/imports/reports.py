"""What was not taken in, as a CSV file that spreadsheets open without harm."""

import csv
from collections.abc import Callable, Iterable, Sequence
from io import StringIO

from shop.catalog.imports.reasons import Reason
from shop.catalog.imports.sheets import Fault, guarded

BOM = "\ufeff"
"""Lets Excel read the file as UTF-8."""


def faults_csv(head: Sequence[str], faults: Iterable[Fault], say: Callable[[Reason, str], str]) -> str:
    """Return a table of faults.

    Args:
        head: names of the six columns: row, ref, whether it is in, column, what stood there, why.
        say: turns a reason and its detail into words.
    """
    out = StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(head)
    for fault in faults:
        flaw = fault.flaw
        cells = (fault.ref, "" if fault.is_refused else "✓", flaw.column, flaw.cell, say(flaw.reason, flaw.detail))
        writer.writerow((fault.row, *map(guarded, cells)))
    return out.getvalue()
