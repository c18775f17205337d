"""Who acts: passed to every write, never looked up from the surroundings."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Actor:
    """The person or process behind an act.

    Attributes:
        user_id: the signed-in person, or None for a visitor or a process.
        label: what history shows: a person's code, "visitor", or a process such as "job:expire".
        roles: names of the roles held, empty for visitors.
        is_system: true for the house's own processes, which may do what their job needs.
        for_vendor: code of the vendor for whom staff act, empty otherwise; the label then names both.
    """

    user_id: int | None
    label: str
    roles: frozenset[str] = field(default_factory=frozenset)
    is_system: bool = False
    for_vendor: str = ""

    def has(self, *roles: str) -> bool:
        """Tell whether the actor holds any of these roles; the house's own processes hold all."""
        return self.is_system or not self.roles.isdisjoint(roles)


VISITOR = Actor(user_id=None, label="visitor")


def system(name: str) -> Actor:
    """Return the actor of a process of the house, for instance `system("job:expire")`."""
    return Actor(user_id=None, label=name, is_system=True)
