"""`shop catalogue …`: goods from a file, and the Excel file to write them in."""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import click

from shop.catalog.imports.opening import open_sheet
from shop.catalog.imports.reasons import Unreadable, english
from shop.catalog.imports.reports import faults_csv
from shop.catalog.imports.sheets import Fault, Flaw, Reader, Survey, survey
from shop.catalog.imports.template import known_names
from shop.catalog.imports.template import write_template as write_workbook
from shop.cli.opening import hold_folder, open_town, prepare_folder
from shop.cli.troubles import Trouble
from shop.flows.import_directory import Options
from shop.flows.import_photos import PhotoFolder
from shop.flows.importing import Outcome, Taken, bring_in, no_pictures
from shop.kernel.actor import system
from shop.settings import Settings
from shop.web.house import House

ACTOR = system("import")
SOME_REFUSED = 2
"""Exit status when the good rows are in and others are not."""
SHOWN = 50
"""So many rows of a kind are listed on the terminal; the file of faults holds all of them."""
LINE_S = 10
"""Where there is no terminal, progress is a line every so many seconds."""
FAULTS_HEAD = ("row", "ref", "in", "column", "cell", "reason")


@click.group()
def catalogue() -> None:
    """Bring goods in from files."""


@catalogue.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--photos", type=click.Path(path_type=Path), help="Folder of photos named by ref: REF.jpg, REF-2.png.")
@click.option("--create", is_flag=True, help="Add vendors, villages and categories that are not known.")
@click.option("--vouch", is_flag=True, help="The centre vouches for these vendors' papers for 30 days.")
@click.option("--dry-run", is_flag=True, help="Try everything, keep nothing.")
@click.option("--faults", type=click.Path(path_type=Path, dir_okay=False), help="Write what was not taken in here.")
def bring(file: Path, photos: Path | None, create: bool, vouch: bool, dry_run: bool, faults: Path | None) -> None:
    """Bring goods in from FILE (.xlsx, .csv, .jsonl); the same file twice changes nothing.

    Good rows go in whatever the others are. Ends with 2 when some were refused, with 1 when the file could not be read.
    """
    settings, options = Settings.from_env(), Options(creates=create, vouches=vouch, is_rehearsal=dry_run)
    prepare_folder(settings)
    with hold_folder(settings):
        house = open_town(settings)
        reader, seen = _looked_through(file)
        if seen.unknown_columns:
            click.echo(f"Not read, as no such columns are known: {', '.join(seen.unknown_columns)}.")
        folder = None if photos is None else _photo_folder(photos, seen, house, is_rehearsal=dry_run)
        tally = _brought_in(house, reader, options, folder, seen.total)
    if folder is not None and folder.unmatched:
        shown = ", ".join(folder.unmatched[:5]) + (" …" if len(folder.unmatched) > 5 else "")
        click.echo(f"{len(folder.unmatched)} photos belong to no row: {shown}")
    tally.tell(is_rehearsal=dry_run)
    if faults is not None:
        faults.write_text(faults_csv(FAULTS_HEAD, tally.faults(), english), encoding="utf-8", newline="")
    if tally.counts[Outcome.REFUSED]:
        sys.exit(SOME_REFUSED)


def _looked_through(file: Path) -> tuple[Reader, Survey]:
    try:
        reader = open_sheet(file)
        return reader, survey(reader)
    except Unreadable as refusal:
        raise Trouble(f"{file} cannot be taken in. {english(refusal.reason, refusal.detail)}") from refusal


def _photo_folder(folder: Path, seen: Survey, house: House, *, is_rehearsal: bool) -> PhotoFolder:
    if not folder.is_dir():
        raise Trouble(f"{folder} is no folder: --photos takes the folder in which the photos lie.")
    return PhotoFolder(
        folder, seen.refs, house.edge, house.store, is_rehearsal=is_rehearsal, actor=ACTOR, clock=house.clock
    )


def _brought_in(house: House, reader: Reader, options: Options, folder: PhotoFolder | None, total: int) -> "Tally":
    tally, progress = Tally(), Progress(total)
    pictures = no_pictures if folder is None else folder.take
    batches = bring_in(house.edge, reader.rows(), options, pictures=pictures, actor=ACTOR, clock=house.clock)
    try:
        for batch in batches:
            tally.add(batch)
            progress.show(tally.done)
    except KeyboardInterrupt:
        progress.end(tally.done)
        kept = "nothing was kept" if options.is_rehearsal else f"{tally.done} rows are in"
        click.echo(f"Stopped: {kept}. The same command goes on.", err=True)
        raise
    except Unreadable as refusal:
        raise Trouble(f"The file changed while it was read. {english(refusal.reason, refusal.detail)}") from refusal
    progress.end(tally.done)
    return tally


@dataclass
class Progress:
    """How far it is: a line that moves on a terminal, a line now and then anywhere else."""

    total: int
    began: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)

    def show(self, done: int) -> None:
        """Show it, if it is time."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{self._words(done)}")
            sys.stderr.flush()
        elif time.monotonic() - self.told >= LINE_S:
            self.told = time.monotonic()
            click.echo(self._words(done), err=True)

    def end(self, done: int) -> None:
        """Leave the last figure standing."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{self._words(done)}\n")

    def _words(self, done: int) -> str:
        rate = done / max(time.monotonic() - self.began, 1)
        return f"{done} of {self.total} rows, {rate:.0f} a second  "


@dataclass
class Tally:
    """What became of the rows."""

    counts: Counter[Outcome] = field(default_factory=Counter)
    waiting: int = 0
    with_flaws: list[Taken] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Rows dealt with."""
        return self.counts.total()

    def add(self, batch: Sequence[Taken]) -> None:
        """Count a batch."""
        for row in batch:
            self.counts[row.outcome] += 1
            self.waiting += row.waits
            if row.flaws:
                self.with_flaws.append(row)

    def faults(self) -> Iterator[Fault]:
        """Yield every flaw with its row."""
        for row in self.with_flaws:
            for flaw in row.flaws:
                yield Fault(row.number, row.ref, row.outcome is Outcome.REFUSED, flaw)

    def tell(self, *, is_rehearsal: bool) -> None:
        """Print the summary."""
        refused = [row for row in self.with_flaws if row.outcome is Outcome.REFUSED]
        waiting = [row for row in self.with_flaws if row.waits]
        lacking = [row for row in self.with_flaws if not row.waits and row.outcome is not Outcome.REFUSED]
        for words, rows in (("Refused", refused), ("Waiting for review", waiting), ("In, but", lacking)):
            if rows:
                click.echo(f"{words}:")
                for row in rows[:SHOWN]:
                    for flaw in row.flaws:
                        click.echo(f"  {_line(row, flaw)}")
                if len(rows) > SHOWN:
                    click.echo(f"  … and {len(rows) - SHOWN} more rows: --faults FILE.csv lists all.")
        kinds = ", ".join(f"{self.counts[outcome]} {outcome.value}" for outcome in Outcome)
        click.echo(f"{self.done} rows: {kinds}; {self.waiting} of those that are in wait for review.")
        if is_rehearsal:
            click.echo("Nothing was kept: this was a dry run.")


def _line(row: Taken, flaw: Flaw) -> str:
    cell = f" ({flaw.cell[:40]})" if flaw.cell else ""
    place = f" {flaw.column}{cell}" if flaw.column or cell else ""
    return f"row {row.number}{f', {row.ref}' if row.ref else ''}:{place} {english(flaw.reason, flaw.detail)}"


@catalogue.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def template(file: Path) -> None:
    """Write an empty list of goods to fill in to FILE (.xlsx), with the names this town knows."""
    if file.suffix.lower() != ".xlsx":
        raise Trouble(f"{file}: the file is an Excel workbook, so its name ends in .xlsx.")
    if file.exists():
        raise Trouble(f"{file} exists already: choose another name.")
    house = open_town(Settings.from_env())
    with house.edge.reading() as session:
        known = known_names(session)
    with closing(file.open("wb")) as target:
        write_workbook(target, known)
    click.echo(
        f"{file}: {len(known.categories)} categories, {len(known.villages)} villages, {len(known.vendors)} vendors."
    )
