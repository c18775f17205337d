"""What a style sheet asks of a phone that is older than the floor."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import tinycss2
from tinycss2.ast import Declaration, Node

from tests.house import floor

GAPS = frozenset({"gap", "row-gap", "column-gap", "grid-gap", "grid-row-gap", "grid-column-gap"})
SPACED = frozenset({"grid", "inline-grid"})
COLUMNS = frozenset({"columns", "column-count", "column-width"})


@dataclass
class _Sheet:
    """What a walk through one sheet has seen."""

    found: list[str] = field(default_factory=list)
    grids: set[str] = field(default_factory=set)  # selectors that are a grid somewhere in the sheet
    gapped: list[tuple[int, list[str]]] = field(default_factory=list)  # lines with a gap, and whose it is

    def note(self, line: int, what: str) -> None:
        self.found.append(f"{line}: {what}")


def beyond(css: str) -> list[str]:
    """Return what a sheet uses beyond the floor, each as `line: what`.

    Whatever stands inside `@supports` may be newer: the phone itself says whether it knows it. A value may be newer
    when the same block gave the same property a value of the floor before. Between the boxes of a flex line a gap is
    unknown to Safari 14.0, so a gap belongs to a grid or to columns.
    """
    sheet = _Sheet()
    _rules(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), sheet)
    for line, selectors in sheet.gapped:
        if not set(selectors) <= sheet.grids:
            sheet.note(line, "gap outside a grid")
    return sheet.found


def _rules(rules: list[Node], sheet: _Sheet) -> None:
    for rule in rules:
        if rule.type == "qualified-rule":
            _selector(rule.prelude, sheet)
            _block(rule, sheet)
        elif rule.type == "at-rule":
            _at_rule(rule, sheet)
        else:
            sheet.note(rule.source_line, "cannot be read")


def _at_rule(rule: Node, sheet: _Sheet) -> None:
    keyword = rule.lower_at_keyword
    if keyword not in floor.CSS_AT_RULES:
        sheet.note(rule.source_line, f"@{keyword}")
    elif keyword == "supports":
        if any(token.type == "ident" and token.lower_value == "not" for token in rule.prelude):
            sheet.note(rule.source_line, "@supports not: an old phone may not know @supports itself")
    elif keyword == "media":
        _media(rule.prelude, sheet)
        _rules(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), sheet)
    elif keyword == "keyframes":
        for frame in tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True):
            _block(frame, sheet)
    elif rule.content is not None:
        _block(rule, sheet)


def _media(tokens: list[Node], sheet: _Sheet) -> None:
    for token in tokens:
        if token.type == "() block":
            _media(token.content, sheet)
        elif token.type == "literal" and token.value in "<>=":
            sheet.note(token.source_line, f"@media with {token.value}")
        elif token.type == "ident" and token.lower_value not in floor.CSS_MEDIA:
            sheet.note(token.source_line, f"@media {token.lower_value}")


def _selector(tokens: list[Node], sheet: _Sheet) -> None:
    """One part that a phone does not know makes it drop the whole rule, and with it all the others of the list."""
    colons = 0
    is_alone = not any(token.type == "literal" and token.value == "," for token in tokens)
    known = floor.CSS_PSEUDO_ALONE if is_alone else floor.CSS_PSEUDO
    for token in tokens:
        if token.type == "literal" and token.value == ":":
            colons += 1
            continue
        if colons and token.type in ("ident", "function"):
            word = ":" * colons + (token.lower_value if token.type == "ident" else f"{token.lower_name}()")
            if word not in known:
                sheet.note(token.source_line, word)
        colons = 0
        if token.type == "function":
            _selector(token.arguments, sheet)


def _block(rule: Node, sheet: _Sheet) -> None:
    content = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
    declarations = [part for part in content if part.type == "declaration"]
    for part in content:
        if part.type != "declaration":
            sheet.note(part.source_line, "a rule inside a rule, or what cannot be read")
    names = {declaration.lower_name for declaration in declarations}
    old: set[str] = set()  # properties that already have a value which the floor understands
    for declaration in declarations:
        news = list(_news(declaration))
        if not news:
            old.add(declaration.lower_name)
        elif declaration.lower_name not in old:
            for line, what in news:
                sheet.note(line, f"{what} in {declaration.lower_name}, with no older value before it")
        _property(declaration, names, sheet)
    _spaces(rule, declarations, sheet)


def _property(declaration: Declaration, names: set[str], sheet: _Sheet) -> None:
    known = declaration.lower_name
    if known.startswith("--"):
        return
    if known not in floor.CSS_PROPERTIES:
        sheet.note(declaration.source_line, known)
    if floor.CSS_TWINS.get(known, known) not in names:
        sheet.note(declaration.source_line, f"{known} without {floor.CSS_TWINS[known]}")


def _spaces(rule: Node, declarations: list[Declaration], sheet: _Sheet) -> None:
    if rule.type != "qualified-rule":
        return
    selectors = [part.strip() for part in tinycss2.serialize(rule.prelude).split(",")]
    shown = {tinycss2.serialize(each.value).strip() for each in declarations if each.lower_name == "display"}
    names = {each.lower_name for each in declarations}
    if shown & SPACED or names & COLUMNS:
        sheet.grids |= set(selectors)
    if names & GAPS:
        sheet.gapped.append((rule.source_line, selectors))


def _news(declaration: Declaration) -> Iterator[tuple[int, str]]:
    """Yield what a value uses that the floor does not know."""
    is_named = declaration.lower_name in floor.CSS_NAMED or declaration.lower_name.startswith("--")
    yield from _new_tokens(declaration.value, is_named=is_named)


def _new_tokens(tokens: list[Node], *, is_named: bool) -> Iterator[tuple[int, str]]:
    for token in tokens:
        if token.type == "function":
            if token.lower_name not in floor.CSS_FUNCTIONS:
                yield token.source_line, f"{token.lower_name}()"
            yield from _new_tokens(token.arguments, is_named=is_named or token.lower_name in ("var", "attr"))
        elif token.type in ("() block", "[] block", "{} block"):
            yield from _new_tokens(token.content, is_named=True)
        elif token.type == "dimension" and token.lower_unit not in floor.CSS_UNITS:
            yield token.source_line, token.lower_unit
        elif token.type == "ident" and not is_named and token.lower_value not in floor.CSS_WORDS:
            yield token.source_line, token.lower_value
