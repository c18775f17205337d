"""What a script asks of a browser that is older than the floor."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import tree_sitter
import tree_sitter_javascript

from tests.house import floor

LANGUAGE = tree_sitter.Language(tree_sitter_javascript.language())
NEW_REGEX = re.compile(r"\(\?<[=!]|\(\?[ims-]+:")
"""Looking behind (Safari 16.4) and flags inside."""
FLAGS = frozenset("gimsuy")
FUNCTIONS = frozenset({"function_declaration", "function_expression", "arrow_function", "method_definition"})
IMPORTS = frozenset({"import_specifier", "import_clause", "namespace_import"})
BINDINGS = IMPORTS | {"formal_parameters", "array_pattern", "object_pattern", "rest_pattern"}


@dataclass(frozen=True)
class Use:
    """One thing of a script that the floor may not know: its line, its kind of thing, its name."""

    line: int
    what: str
    name: str

    def __str__(self) -> str:
        return f"{self.line}: {self.what} {self.name}"


def beyond(script: str, data: frozenset[str] = frozenset()) -> list[Use]:
    """Return what a script uses beyond the floor.

    Syntax is allowed by its kind of node; names that nobody declared here are the browser's, and are allowed by name;
    so is each member that neither this script (nor one that it imports) made nor the page's data- attributes hold.

    Args:
        data: names that the page's attributes and the shop's own answers give, as scripts write them.
    """
    tree = tree_sitter.Parser(LANGUAGE).parse(script.encode())
    every = list(_walk(tree.root_node))
    if tree.root_node.has_error:
        return [Use(1, "cannot be read", "")]
    return [*_syntax(every), *_twice(tree.root_node), *_globals(every), *_members(every, data)]


def _walk(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()


def _line(node: tree_sitter.Node) -> int:
    return int(node.start_point[0]) + 1


def _within(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """Yield what a node stands in, from near to far."""
    while node.parent is not None:
        node = node.parent
        yield node


def _syntax(every: list[tree_sitter.Node]) -> Iterator[Use]:
    for node in every:
        allowed = floor.JS_NODES if node.is_named else floor.JS_TOKENS
        if node.type not in allowed:
            yield Use(_line(node), "syntax", node.type)
        elif node.type == "await_expression" and not any(around.type in FUNCTIONS for around in _within(node)):
            yield Use(_line(node), "syntax", "await outside of a function")
        elif node.type == "number" and _text(node).endswith("n"):
            yield Use(_line(node), "syntax", "a big integer")
        elif node.type == "regex_pattern" and NEW_REGEX.search(_text(node)):
            yield Use(_line(node), "syntax", "a regular expression that looks behind")
        elif node.type == "regex_flags" and not set(_text(node)) <= FLAGS:
            yield Use(_line(node), "syntax", f"regular expression's flags {_text(node)}")


def _twice(program: tree_sitter.Node) -> Iterator[Use]:
    """Yield names that a module declares twice: no browser runs such a file."""
    seen: set[str] = set()
    for node in _declarations(program):
        name = node.child_by_field_name("name")
        if name is None or name.type != "identifier":
            continue
        if _text(name) in seen:
            yield Use(_line(name), "declared twice:", _text(name))
        seen.add(_text(name))


def _declarations(program: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    for statement in program.named_children:
        inner = statement.named_children if statement.type == "export_statement" else [statement]
        for node in inner:
            if node.type == "lexical_declaration":
                yield from (part for part in node.named_children if part.type == "variable_declarator")
            elif node.type in ("function_declaration", "class_declaration"):
                yield node


def _declared(every: list[tree_sitter.Node]) -> set[str]:
    names = set()
    for node in every:
        if node.type == "shorthand_property_identifier_pattern" or (
            node.type == "identifier" and node.parent is not None and _declares(node.parent, node)
        ):
            names.add(_text(node))
    return names


def _declares(parent: tree_sitter.Node, node: tree_sitter.Node) -> bool:
    if parent.type in ("function_declaration", "class_declaration", "function_expression", "variable_declarator"):
        return parent.child_by_field_name("name") == node
    if parent.type in ("arrow_function", "catch_clause"):
        return parent.child_by_field_name("parameter") == node
    if parent.type in ("assignment_pattern", "for_in_statement"):
        return parent.child_by_field_name("left") == node
    if parent.type == "pair_pattern":
        return parent.child_by_field_name("value") == node
    return parent.type in BINDINGS


def _globals(every: list[tree_sitter.Node]) -> Iterator[Use]:
    declared = _declared(every)
    for node in every:
        if (
            node.type in ("identifier", "shorthand_property_identifier")
            and _text(node) not in declared | floor.JS_GLOBALS
        ):
            yield Use(_line(node), "global", _text(node))


def _is_made(node: tree_sitter.Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "member_expression":
        around = parent.parent
        return (
            around is not None
            and around.type == "assignment_expression"
            and around.child_by_field_name("left") == parent
        )
    return parent.type in ("pair", "method_definition", "object", "object_pattern", "pair_pattern")


def _is_called(node: tree_sitter.Node) -> bool:
    member = node.parent
    call = member.parent if member is not None else None
    return call is not None and call.type == "call_expression" and call.child_by_field_name("function") == member


def _members(every: list[tree_sitter.Node], data: frozenset[str]) -> Iterator[Use]:
    own = {_text(node) for node in every if node.type.startswith(("property_id", "shorthand")) and _is_made(node)}
    for node in every:
        if node.type != "property_identifier" or node.parent is None or node.parent.type != "member_expression":
            continue
        name = _text(node)
        if name in floor.JS_LATER and _is_called(node):
            yield Use(_line(node), "method", name)
        elif name not in floor.JS_MEMBERS | own | data:
            yield Use(_line(node), "member", name)
