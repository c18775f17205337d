"""Laws of the source files: their length, where imports stand, whose clock is read, how money is written."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import ROOT, SHOP, dotted, files, is_view, name, nodes, report, tree

LONGEST = 400
DATA = ("migrations/versions/", "shop/demo/data/", "shop/search/words/")
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "datetime.datetime.now"}
MONEY_ROOMS = ("catalog", "courier", "desk", "flows", "fulfilment", "ledger", "orders", "payments")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK|NotImplementedError)\b")


def test_no_source_file_is_too_long_to_read_in_one_sitting() -> None:
    lengths = {path: path.read_text("utf-8").count("\n") for path in files(".py", ".html", ".css", ".js")}
    found = [
        f"{name(path)}: {length} lines"
        for path, length in lengths.items()
        if length > LONGEST and not name(path).startswith(DATA)
    ]
    assert not found, report(found, f"Split by act, not by length; at most {LONGEST} lines:")


def test_no_import_hides_inside_a_function() -> None:
    found = [
        f"{name(path)}:{inner.lineno}"
        for path in files(".py", under=SHOP)
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not found, report(
        found, "Move the import to the top; if that makes a circle, something is in the wrong room:"
    )


def test_only_the_kernel_reads_the_clock_of_the_machine() -> None:
    found = [
        f"{name(path)}:{node.lineno} {dotted(node)}"
        for path in files(".py", under=SHOP)
        if path != SHOP / "kernel" / "clock.py"
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and dotted(node) in CLOCKS
    ]
    assert not found, report(found, "Take `clock: Clock` as an argument, so that a test can move it:")


def _is_money_code(path: Path) -> bool:
    parts = path.relative_to(SHOP).parts
    return parts[0] in MONEY_ROOMS or parts in (("kernel", "money.py"), ("web", "words.py"))


def _inexact(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Name) and node.id == "float":
            yield f"{name(path)}:{node.lineno} float"
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{name(path)}:{node.lineno} {node.value}"


def test_no_float_and_no_decimal_comes_near_money_or_weight() -> None:
    money = [line for path in files(".py", under=SHOP) if _is_money_code(path) for line in _inexact(path)]
    decimals = [
        f"{name(path)}:{node.lineno} Decimal"
        for path in files(".py", under=SHOP)
        for node in nodes(path)
        if isinstance(node, ast.Name | ast.alias) and "Decimal" in (getattr(node, "id", ""), getattr(node, "name", ""))
    ]
    found = money + decimals
    assert not found, report(found, "Money is whole fen, weight whole grams; split and round with shop.kernel.money:")


def _names_in(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name | ast.Attribute):
            yield dotted(inner).rpartition(".")[2]


def test_amounts_are_divided_without_a_remainder_lost() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path in files(".py", under=SHOP)
        for node in nodes(path)
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and any(part == "fen" or part.endswith(("_fen", "_g", "_bp")) for part in _names_in(node))
    ]
    assert not found, report(found, "A true division makes a float; use //, divmod or shop.kernel.money:")


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    docstrings = {
        id(node.body[0].value)
        for node in nodes(path)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def test_only_one_place_writes_money_for_people() -> None:
    found = [
        f"{name(path)}:{line} {text[:60]}"
        for path in files(".py", under=SHOP)
        if path != SHOP / "kernel" / "money.py" and "demo" not in path.parts
        for line, text in _strings(path)
        if "¥" in text or "￥" in text
    ]
    assert not found, report(found, "Use shop.kernel.money.yuan, in a template the filter `money`:")


def _verbs(function: ast.FunctionDef) -> set[str]:
    verbs: set[str] = set()
    for decorator in function.decorator_list:
        if not (isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)):
            continue
        if decorator.func.attr in ("get", "post"):
            verbs.add(decorator.func.attr.upper())
        elif decorator.func.attr == "route":
            methods = next((word.value for word in decorator.keywords if word.arg == "methods"), None)
            listed = getattr(methods, "elts", [])
            verbs |= {str(element.value) for element in listed if isinstance(element, ast.Constant)} or {"GET"}
    return verbs


def test_a_get_changes_nothing() -> None:
    found = []
    for path in filter(is_view, files(".py", under=SHOP)):
        for function in tree(path).body:
            if not isinstance(function, ast.FunctionDef) or "GET" not in _verbs(function):
                continue
            called = {dotted(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
            writes = "edge" in called or "house.edge" in called
            guarded = "POST" in _verbs(function) and any(
                isinstance(node, ast.Attribute) and dotted(node).endswith(("is_sent_well", "request.method"))
                for node in ast.walk(function)
            )
            if writes and not guarded:
                found.append(f"{name(path)}:{function.lineno} {function.name}")
    assert not found, report(found, "Only a POST may open a transaction; a preview or a prefetch fetches every link:")


def test_nothing_is_left_for_later() -> None:
    found = [
        f"{name(path)}:{number}: {line.strip()[:80]}"
        for path in files(".py", ".html", ".css", ".js")
        if path != Path(__file__)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert not found, report(found, "Finish it, or write an issue and take the words out:")


def test_the_locks_name_packages_and_hashes_but_no_address() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text("utf-8")
        assert "--hash=sha256:" in text, f"{lock} has no hashes: make lock"
        assert not re.search(r"://|--index|--find-links|--extra", text), f"{lock} names a server: make lock"
