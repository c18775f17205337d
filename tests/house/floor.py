"""The floor as `floor.toml` tells it: what Chromium 86 and Safari 14.0 both understand."""

import tomllib
from pathlib import Path

_ALL = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_CSS, _HTML, _JS = _ALL["css"], _ALL["html"], _ALL["js"]

CSS_AT_RULES = frozenset(_CSS["at_rules"].split())
CSS_MEDIA = frozenset(_CSS["media"].split()) | _CSS["media_adorns"].keys()
CSS_PSEUDO = frozenset(_CSS["pseudo"].split())
CSS_PSEUDO_ALONE = CSS_PSEUDO | _CSS["pseudo_alone"].keys()
CSS_FUNCTIONS = frozenset(_CSS["functions"].split())
CSS_UNITS = frozenset(_CSS["units"].split())
CSS_PROPERTIES = frozenset(_CSS["properties"].split()) | _CSS["adorns"].keys()
CSS_WORDS = frozenset(_CSS["words"].split())
CSS_NAMED = frozenset(_CSS["named"].split())
CSS_TWINS: dict[str, str] = _CSS["twins"]

HTML_ELEMENTS = frozenset(_HTML["elements"].split())
HTML_ATTRIBUTES = frozenset(_HTML["attributes"].split()) | _HTML["adorns"].keys()

JS_NODES = frozenset(_JS["nodes"].split())
JS_TOKENS = frozenset(_JS["tokens"].split())
JS_GLOBALS = frozenset(_JS["globals"].split())
JS_MEMBERS = frozenset(f"{_JS['members']} {_JS['answers']}".split())
JS_LATER = frozenset(_JS["later"].split())

BEYOND = {(file, what) for file, reasons in _ALL["beyond"].items() for what in reasons}
"""What single files use beyond the floor, each with its reason in the file."""
