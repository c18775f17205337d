"""Holds an answer against a schema of the shop's own OpenAPI document: the few words of JSON Schema that it uses."""

from collections.abc import Iterator, Mapping
from typing import Any

KNOWN = {
    "$ref",
    "additionalProperties",
    "default",
    "description",
    "enum",
    "format",
    "items",
    "maxLength",
    "maximum",
    "minimum",
    "properties",
    "required",
    "type",
}
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "null": type(None),
    "object": dict,
    "string": str,
}


def faults(value: Any, schema: Mapping[str, Any], document: Mapping[str, Any], at: str = "answer") -> Iterator[str]:
    """Yield where a value breaks its schema, and where the schema uses a word this checker does not know."""
    yield from (f"{at}: the schema says {word}" for word in schema.keys() - KNOWN)
    if "$ref" in schema:
        yield from faults(value, _named(schema["$ref"], document), document, at)
        return
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield f"{at}: {value!r} is no {' or '.join(kinds)}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if is_number and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value} is out of range"
    if isinstance(value, str) and schema.get("format") == "uri" and "://" not in value:
        yield f"{at}: {value} is no whole address"
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from faults(item, schema["items"], document, f"{at}[{number}]")
    if isinstance(value, dict):
        yield from _object_faults(value, schema, document, at)


def _object_faults(
    value: Mapping[str, Any], schema: Mapping[str, Any], document: Mapping[str, Any], at: str
) -> Iterator[str]:
    properties = schema.get("properties", {})
    yield from (f"{at}: {name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, each in value.items():
        if name in properties:
            yield from faults(each, properties[name], document, f"{at}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{at}: {name} is not in the contract"


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _named(reference: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    assert isinstance(found, dict)
    return found
