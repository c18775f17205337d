"""`shop backup` and `shop restore`."""

from pathlib import Path

import click

from shop.cli import backing_up, restoring
from shop.cli.opening import hold_folder, open_house, prepare_folder
from shop.settings import Settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write database, photos and settings (no secrets) into one FILE, a zip; the shop may run meanwhile."""
    made = backing_up.write(file, open_house(Settings.from_env()))
    rows = sum(made.tables.values())
    click.echo(f"{file}: {rows} rows of {len(made.tables)} tables, {made.photos} photo files.")
    if made.missing:
        click.echo(f"{made.missing} photo files were not in the store: run `shop doctor`.", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Lose what is in the database now.")
def restore(file: Path, replace: bool) -> None:
    """Bring a backup FILE back into an empty database; stop the shop first, on every machine."""
    settings = Settings.from_env()
    prepare_folder(settings)
    with hold_folder(settings, alone=True):
        brought = restoring.read(file, open_house(settings), replace=replace)
    rows = sum(brought.tables.values())
    click.echo(f"Restored {brought.database} of {brought.made_at}: {rows} rows, {brought.photos} photo files.")
    for name, was in brought.settings.items():
        now = backing_up.plain_settings(settings).get(name, "not set")
        if now != was:
            click.echo(f"  {name} was {was}, is {now}")
    click.echo("The search index is built anew when the shop starts.")
