"""Names of registered things in a study file: checked against their registry, and listed from it for editors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from rashomon.core import resolve
from rashomon.study.spec.fault import nearest, refuse_value

__all__ = ["FUNCTION", "AllOf", "NameOf"]

FUNCTION = r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*"
"""Pattern of a function of the user, ``module:function``."""


@dataclass(frozen=True)
class NameOf:
    """A text that must be a name in a registry, which is loaded when the first name is checked.

    Parameters
    ----------
    registries
        Dotted paths of the registries, or of a ``Literal``; a name of any of them will do.
    pattern, said
        Of what may stand there beside the names, and the same in words; empty for nothing.

    Examples
    --------
    >>> NameOf(("rashomon.multiverse:BUDGETS",)).names()
    ('quick', 'default', 'full')
    """

    registries: tuple[str, ...]
    pattern: str = ""
    said: str = ""

    def names(self) -> tuple[str, ...]:
        """Return the names that exist, in the order of the registries."""
        found: dict[str, None] = {}
        for path in self.registries:
            known = resolve(path)
            found |= dict.fromkeys(known if isinstance(known, Mapping) else get_args(known))
        return tuple(found)

    def check(self, name: str) -> str:
        """Return `name` as it is.

        Raises
        ------
        PydanticCustomError
            When nothing has this name.
        """
        if name in self.names() or (self.pattern and re.fullmatch(self.pattern, name)):
            return name
        expected, near = nearest(name, self.names())
        raise refuse_value(f"{expected}, or {self.said}" if self.said else expected, near)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        found = {**handler(schema), "enum": list(self.names())}
        return {"anyOf": [found, {"type": "string", "pattern": f"^{self.pattern}$"}]} if self.pattern else found


@dataclass(frozen=True)
class AllOf:
    """Lets the word ``all`` stand for a list of every name of a registry.

    Parameters
    ----------
    of
        The names.
    """

    of: NameOf

    def _expand(self, value: Any) -> Any:
        if value == "all":
            return self.of.names()
        if not isinstance(value, list | tuple):
            raise refuse_value("all, or a list of names")
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._expand, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"const": "all"}, handler(schema)]}
