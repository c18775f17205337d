"""`shop words`: the catalogs of what buyers read, brought up to date with the source."""

import click

from shop.app.catalogs import update_catalogs


@click.command()
@click.option("--missing", "is_told", is_flag=True, help="Name every sentence without a translation, and where it is.")
def words(is_told: bool) -> None:
    """Write translations/*/LC_MESSAGES/messages.po anew; what is translated stays."""
    for language, sentences in update_catalogs():
        click.echo(f"{language}: {len(sentences)} sentences without a translation")
        for sentence in sentences if is_told else ():
            click.echo(f"  {sentence.text!r}  {', '.join(sentence.places)}")
