"""Templates that share the application's globals, so that a page's imports cost nothing."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment as FlaskEnvironment


class Environment(FlaskEnvironment):
    """Loads templates for the application.

    Jinja gives each template a chain of globals, for one might be loaded with some of its own, and compares two
    chains at every import of every page, name by name. Ours have none of their own.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template."""
        return super().make_globals(d) if d else self.globals
