"""Kinds of values that study files hold, each checked strictly: no text is taken for a number, nothing is infinite."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from rashomon.core import RashomonError
from rashomon.study.spec.choice import level_faults, setting_faults
from rashomon.study.spec.fault import Fault, refuse_all, refuse_value
from rashomon.study.spec.name import FUNCTION, NameOf

__all__ = [
    "Arrow",
    "Clusterer",
    "Levels",
    "ListOf",
    "Memory",
    "Multiverse",
    "OneOrMore",
    "Pipeline",
    "Seed",
    "StepText",
    "Text",
    "TruthText",
    "Word",
    "checked_whole",
    "memory_bytes",
]

T = TypeVar("T")

ListOf = Annotated[tuple[T, ...], Field(strict=False)]
"""A list; kept as a tuple, so that nobody changes it."""

Text = Annotated[str, Field(min_length=1, max_length=500)]
"""A name: of a column, a layer, a file."""

Seed = Annotated[int, Field(ge=0, lt=2**32)]
"""The root of all random numbers."""

_STEP = re.compile(rf"((x|view)=)?{FUNCTION}")
_MEMORY = re.compile(r"(?P<number>\d+(\.\d+)?) ?(?P<unit>[KMGT]i?)?B", re.IGNORECASE)
_UNITS = {"": 1} | {
    unit + end: base**power
    for power, unit in enumerate("kmgt", start=1)
    for end, base in (("", 1000), ("i", 1024))
}  # fmt: skip


def memory_bytes(text: str) -> int:
    """Return a size in words as bytes.

    Parameters
    ----------
    text
        A number and a unit: ``8 GiB``, ``500 MB``.

    Raises
    ------
    PydanticCustomError
        When it is something else.

    Examples
    --------
    >>> memory_bytes("8 GiB") == 8 * 2**30, memory_bytes("0.5MB")
    (True, 500000)
    """
    found = _MEMORY.fullmatch(text.strip())
    size = float(found["number"]) * _UNITS[(found["unit"] or "").lower()] if found else 0.0
    if size < 1:
        raise refuse_value("a size above 0 with its unit, as 8 GiB or 500 MB")
    return int(size)


def _memory(value: Any) -> Any:
    memory_bytes(str(value))
    return value


Memory = Annotated[str, BeforeValidator(_memory)]
"""A size in words."""


class OneOrMore:
    """Lets one entry stand in the place of a list of one."""

    @staticmethod
    def _listed(value: Any) -> Any:
        return value if isinstance(value, list | tuple | dict) else (value,)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._listed, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        found = handler(schema)
        return {"anyOf": [found, found["items"]]}


Level = Annotated[str | int | float, Field(union_mode="left_to_right")]

Levels = Annotated[ListOf[Level], OneOrMore()]
"""A list of levels; one of them may stand alone."""

_CHOICE = Annotated[str, NameOf(("rashomon.study.spec.choice:CHOICES",))]


def checked_whole(faults: Callable[[Any], Iterable[Fault]]) -> BeforeValidator:
    """Return what looks at all of a mapping before its parts are, so that everything wrong is said at once.

    Parameters
    ----------
    faults
        From the mapping, as a file has it, to what is wrong with it.
    """

    def check(value: Any) -> Any:
        if isinstance(value, dict):
            refuse_all(faults(value))
        return value

    return BeforeValidator(check)


Multiverse = Annotated[dict[_CHOICE, Levels], checked_whole(level_faults)]
"""Levels by choice, default first."""

Pipeline = Annotated[dict[_CHOICE, Level], checked_whole(setting_faults)]
"""One level by choice."""

Clusterer = Annotated[str, NameOf(("rashomon.cluster:CLUSTERERS",), FUNCTION, "your own as module:function")]
"""A clusterer of ours, or a function of the user."""


def _step(text: str) -> str:
    if not _STEP.fullmatch(text):
        raise refuse_value("module:function, x=module:function or view=module:function")
    return text


StepText = Annotated[str, AfterValidator(_step), Field(json_schema_extra={"pattern": f"^{_STEP.pattern}$"})]
"""A transform of the user."""


def _word(value: Any) -> str:
    if isinstance(value, str) or type(value) is int:
        return str(value)
    raise refuse_value("a text or a whole number", "put others in quotes")


Word = Annotated[str, PlainValidator(_word), WithJsonSchema({"type": ["string", "integer"]})]
"""A value of a column, compared as text."""


def _truth(text: str) -> str:
    from rashomon.truth import specs

    _told(lambda: specs([text]))
    return text


def _arrow(text: str) -> str:
    from rashomon.ask.confounding.dag import parse_arrows

    _told(lambda: parse_arrows([text]))
    return text


def _told(read: Callable[[], object]) -> None:
    """Hand what a parser of another room says on, in the words of this one."""
    try:
        read()
    except RashomonError as error:
        raise refuse_value(error.expected or error.what, f"{error.what}; {error.fix}" if error.fix else "") from error


TruthText = Annotated[str, AfterValidator(_truth)]
"""``NAME[=KIND[:ORIGIN]]`` or ``NAME=RECIPE(...)``."""

Arrow = Annotated[str, AfterValidator(_arrow)]
"""``cause -> effect``."""
