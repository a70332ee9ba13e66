"""What a rule is."""

from dataclasses import dataclass, field
from typing import Callable


@dataclass(frozen=True)
class Plant:
    """A violation for the self-test: a new file, or a change of one that exists.

    Without `old`, `new` is the whole file; with it, `old` (which must be there) becomes `new`.
    """

    what: str
    path: str
    new: str
    old: str | None = None


@dataclass(frozen=True)
class Rule:
    """A named question to the tree, answered with what breaks it."""

    name: str
    check: Callable
    plants: list[Plant] = field(default_factory=list)
    needs_program: bool = False
