"""From what pydantic says is wrong to faults: where, what was found, what was expected, what is nearest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from rashomon.study.spec.fault import FAULTS, Fault, nearest, shown

__all__ = ["faults_of", "keys_at"]

_KEY = "[key]"
"""Last part of the place that pydantic gives to a wrong key."""

_EXPECTED: Mapping[str, str] = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "finite_number": "a finite number",
    "greater_than_equal": "a number of at least {ge}",
    "greater_than": "a number above {gt}",
    "less_than_equal": "a number of at most {le}",
    "less_than": "a number below {lt}",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "string_too_short": "a text that is not empty",
    "string_too_long": "a text of at most {max_length} characters",
    "string_pattern_mismatch": "a text as the pattern {pattern}",
    "too_short": "one entry or more",
}
_WORDS = {"yes": "true", "on": "true", "no": "false", "off": "false"}
_NUMBER = re.compile(r"[-+]?[0-9][0-9_]*(\.[0-9_]+)?([eE][-+]?[0-9]+)?")


def faults_of(error: ValidationError, model: type[BaseModel], *, others: Sequence[str] = ()) -> list[Fault]:
    """Return what is wrong with a document.

    Parameters
    ----------
    error, model
        What was raised, and by which model of the whole document.
    others
        Keys of the other kind of study, which are no slips of the pen.

    Returns
    -------
    Faults with the whole path.
    """
    errors = error.errors(include_url=False)
    paths = [tuple(each["loc"]) for each in errors]
    found: list[Fault] = []
    for each, path in zip(errors, paths, strict=True):
        # a list that is too short because its entries were refused has no fault of its own
        implied = each["type"] == "too_short" and any(len(p) > len(path) and p[: len(path)] == path for p in paths)
        if not implied:
            found += _faults(dict(each), path, model, others)
    return found


def _faults(
    error: dict[str, Any], path: tuple[str | int, ...], model: type[BaseModel], others: Sequence[str]
) -> Iterator[Fault]:
    context = error.get("ctx") or {}
    if FAULTS in context:
        for fault in context[FAULTS]:
            yield Fault(fault.found, fault.expected, fault.near, (*path, *fault.path), fault.of_key)
    elif error["type"] == "extra_forbidden":
        yield _unknown(path, model, others)
    elif error["type"] == "missing":
        yield Fault(f"no key {path[-1]!r}", _described(path, model), path=path)
    elif path and path[-1] == _KEY:
        yield Fault(f"the unknown key {path[-2]!r}", context["expected"], context["near"], path[:-1], of_key=True)
    else:
        value = error["input"]
        if error["type"] == "spec":
            yield Fault(shown(value), context["expected"], context["near"], path)
        else:
            expected = _EXPECTED.get(error["type"], error["msg"].removeprefix("Input should be ")).format(**context)
            yield Fault(shown(value), expected, _instead(value, error["type"]), path)


def _unknown(path: tuple[str | int, ...], model: type[BaseModel], others: Sequence[str]) -> Fault:
    name, known = str(path[-1]), keys_at(model, path[:-1])
    if len(path) == 1 and name in others:
        return Fault(f"the key {name!r}", "it in the other kind of study only", "leave it out", path, of_key=True)
    expected, near = nearest(name, known)
    homes = [key for key in known if len(path) == 1 and name in keys_at(model, (key,))]
    return Fault(
        f"the unknown key {name!r}", expected, f"write it below {homes[0]}" if homes else near, path, of_key=True
    )


def _instead(value: Any, kind: str) -> str:
    """Return how to write what was probably meant: words and numbers that YAML 1.2 reads as text, and the reverse."""
    if isinstance(value, str):
        if kind == "bool_type" and value.lower() in _WORDS:
            return f"write {_WORDS[value.lower()]}"
        if kind in {"int_type", "float_type"} and _NUMBER.fullmatch(value):
            plain = re.sub(r"^([-+]?)0+(?=\d)", r"\1", value.replace("_", ""))
            return f"write {plain}, without quotes, underscores or leading zeros"
    elif kind == "string_type" and isinstance(value, int | float):
        return f'write "{str(value).lower() if isinstance(value, bool) else value}", in quotes'
    return ""


def keys_at(model: type[BaseModel], path: Sequence[str | int]) -> tuple[str, ...]:
    """Return the keys that `model` knows at a place.

    Parameters
    ----------
    model
        The whole document.
    path
        Keys that lead to the place.

    Examples
    --------
    >>> from rashomon.study.spec.model import AuditSpec
    >>> keys_at(AuditSpec, ("roles",))
    ('donor', 'batch', 'sample', 'condition')
    """
    for part in path:
        field = model.model_fields.get(str(part))
        inner = [] if field is None else [field.annotation, *get_args(field.annotation)]
        below = next((each for each in inner if isinstance(each, type) and issubclass(each, BaseModel)), None)
        if below is None:
            return ()
        model = below
    return tuple(model.model_fields)


def _described(path: tuple[str | int, ...], model: type[BaseModel]) -> str:
    for part in path[:-1]:
        field = model.model_fields.get(str(part))
        inner = field.annotation if field is not None else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return "it"
        model = inner
    text = (model.model_fields[str(path[-1])].description or "it").rstrip(".")
    return text[0].lower() + text[1:]
