"""Laws of the documents: every setting, every command and every state is written down where its reader looks."""

import re
from pathlib import Path

import click
import pytest

from shop.app.states import states_page
from shop.cli import shop
from shop.settings import KNOWN
from tests.house.source import ROOT, report

DOCS = ROOT / "docs"


def _text(*names: str) -> str:
    paths = [ROOT / file for file in names]
    missing = [str(path.relative_to(ROOT)) for path in paths if not path.is_file()]
    assert not missing, f"write {missing}"
    return "\n".join(path.read_text("utf-8") for path in paths)


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    documented = set(re.findall(r"\bSHOP_[A-Z_]+\b", _text("docs/settings.md")))
    lacking, invented = sorted(KNOWN - documented), sorted(documented - KNOWN)
    assert not lacking, report(lacking, "Describe these in docs/settings.md:")
    assert not invented, report(invented, "docs/settings.md describes what does not exist:")


def _commands(group: click.Group, said: str) -> list[str]:
    found: list[str] = []
    for word, command in group.commands.items():
        found += _commands(command, f"{said} {word}") if isinstance(command, click.Group) else [f"{said} {word}"]
    return found


def test_every_command_is_documented() -> None:
    text = _text("docs/operate.md", "README.md")
    found = [command for command in _commands(shop, "shop") if f"`{command}" not in text]
    assert not found, report(found, "Describe the command in docs/operate.md, written as `shop …`:")


def test_the_page_of_states_is_what_the_code_obeys() -> None:
    assert _text("docs/states.md") == states_page(), "docs/states.md is stale: .venv/bin/shop states > docs/states.md"


def test_every_make_target_explains_itself() -> None:
    text = _text("Makefile")
    phony = re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    assert phony is not None
    found = [target for target in phony[1].split() if not re.search(rf"^{target}:.*## \S", text, re.MULTILINE)]
    assert not found, report(found, "Say after ## what the target does; `make help` lists it:")


@pytest.mark.parametrize("document", sorted(ROOT.glob("*.md")) + sorted(DOCS.rglob("*.md")), ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
    found = [target for target in targets if "://" not in target and not (document.parent / target).exists()]
    assert not found, report(found, f"{document.relative_to(ROOT)} points at files that do not exist:")
