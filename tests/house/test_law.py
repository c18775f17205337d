"""The page of the law: each row names a test that exists, or says that it is for later or for a lawyer."""

import re

from tests.house.source import ROOT, report, tree

ROWS = [line for line in (ROOT / "docs/law.md").read_text("utf-8").splitlines() if re.match(r"\| (?!rule |---)", line)]
NAMED = re.compile(r"`(tests/[a-z_/]+\.py)::(test_\w+)`")


def test_every_test_that_the_page_of_the_law_names_exists() -> None:
    found = []
    for file, name in (pair for row in ROWS for pair in NAMED.findall(row)):
        path = ROOT / file
        if not path.is_file() or name not in {getattr(node, "name", "") for node in tree(path).body}:
            found.append(f"{file}::{name}")
    assert not found, report(found, "docs/law.md names tests that do not exist:")


def test_every_row_of_the_law_is_tried_or_says_why_not() -> None:
    assert len(ROWS) > 30
    found = []
    for row in ROWS:
        rule, _house, tried, stands = (cell.strip() for cell in row.strip("|").split(" | "))
        excused = any(word in stands for word in ("later", "lawyer", "nothing to try"))
        if not NAMED.findall(tried) and not excused:
            found.append(rule)
        if stands.startswith("later") and NAMED.findall(tried):
            found.append(f"{rule}: tried, and yet for later")
    assert not found, report(found, "docs/law.md: name the acceptance, or say that it is for later:")
