"""A study file to begin with: every key with one line on what it does, filled in from the user's file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from rashomon.sim.spec.document import parse_scalar
from rashomon.study.spec.choice import CHOICES
from rashomon.study.spec.column import FileSummary, guessed_roles, label_columns
from rashomon.study.spec.common_spec import FORMAT
from rashomon.study.spec.engine_spec import EngineSpec
from rashomon.study.spec.model import AuditSpec, FileSpec, RolesSpec
from rashomon.study.spec.name import NameOf

__all__ = ["spec_template"]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.+/ -]*[A-Za-z0-9_.+/-]|[A-Za-z_]")
_MOST = 8
_WIDTH = 118


def spec_template(summary: FileSummary) -> str:
    """Return a commented study of a file, which `read_spec` reads as it is.

    Parameters
    ----------
    summary
        What is known of the file.

    Returns
    -------
    YAML text. Columns that look like labels, donors, batches, samples and conditions are filled in; others that might
    be meant stand beside, as comments.
    """
    guessed = guessed_roles(summary)
    head = [
        f"# A study of {_one_line(summary.file)}: {summary.n_obs:,} {summary.item}s.",
        "# rashomon check says what it would cost, rashomon run runs it. Columns were guessed by their names: look at",
        "# data, labels, truths and roles before you run it.",
        "",
    ]
    return "\n".join([*head, *_top(summary, guessed)]).rstrip() + "\n"


def _top(summary: FileSummary, guessed: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    filled = _filled(summary, guessed)
    parts: Mapping[str, Callable[[], Iterator[str]]] = {
        "data": lambda: _nested(FileSpec, {"file": summary.file}, _data_notes(summary)),
        "roles": lambda: _nested(
            RolesSpec, _first(guessed), {name: _or(guessed[name]) for name in RolesSpec.model_fields}
        ),
        "engine": lambda: _nested(EngineSpec, {}, {"name": f"one of {', '.join(_names(EngineSpec, 'name'))}"}),
    }
    for name in _ORDER:
        field = AuditSpec.model_fields[name]
        yield f"# {field.description}"
        if name in parts:
            yield f"{name}:"
            yield from parts[name]()
        else:
            yield from _entry(name, filled.get(name, _default(field)), _notes(name, summary, guessed))
        yield ""


_ORDER = (
    "rashomon", "title", "data", "labels", "unassigned", "truths", "roles", "dag", "pipeline", "budget", "multiverse",
    "clusterers", "steps", "max_pipelines", "perturbations", "n_replicates",
    "repeat_all", "questions", "scores", "engine", "seed", "out",
)  # fmt: skip


def _filled(summary: FileSummary, guessed: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    labels = guessed["labels"][:1]
    # the last = parts name and kind, and brackets make a recipe
    named = [f"{name}=annotation" if "=" in name else name for name in guessed["truths"] if "(" not in name]
    truths = list(summary.declared) or named
    return {
        "rashomon": FORMAT,
        "labels": labels[0] if labels else None,
        "truths": truths or None,
        "questions": "all",
        "scores": "all",
    }


def _notes(name: str, summary: FileSummary, guessed: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return alternatives to what stands at a key, one comment line each."""
    if name == "labels":
        others = [column.name for column in label_columns(summary)]
        chosen = guessed["labels"][:1]
        return _or(tuple(chosen) + tuple(other for other in others if other not in chosen), skip=len(chosen))
    if name == "truths":
        return ["each as NAME, NAME=KIND or NAME=KIND:ORIGIN, as cell_type=annotation:protein"]
    if name == "dag":
        return ['for example ["donor -> batch", "batch -> clusters"]']
    if name == "pipeline":
        return ["for example {n_pcs: 30, n_neighbours: 15, resolution: 1.0}"]
    if name == "multiverse":
        return ["for example {n_pcs: [30, 50], resolution: [0.5, 1.0]}", f"choices: {', '.join(CHOICES)}"]
    known = _names(AuditSpec, name)
    return [f"known: {', '.join(known)}"] if known else []


def _names(model: type[BaseModel], name: str) -> tuple[str, ...]:
    """Return the names from which a field is chosen, from its registry."""
    found: list[NameOf] = []
    pending: list[Any] = [*model.model_fields[name].metadata, model.model_fields[name].annotation]
    while pending:
        each = pending.pop()
        if isinstance(each, NameOf):
            found.append(each)
        pending += [*getattr(each, "__metadata__", ()), *getattr(each, "__args__", ())]
        pending += [each.__origin__] if hasattr(each, "__metadata__") else []
    return found[0].names() if found else ()


def _data_notes(summary: FileSummary) -> dict[str, list[str]]:
    notes = {"layer": _or(summary.layers, skip=0), "use_rep": _or(summary.embeddings, skip=0)}
    notes["within"] = ["for example {cell_type: [CD4 T, CD8 T]}"]
    if summary.receptors:
        notes["receptors"] = ["the cells of this file have receptors"]
    return notes


def _first(guessed: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    return {name: guessed[name][0] for name in RolesSpec.model_fields if guessed[name]}


def _or(names: tuple[str, ...], *, skip: int = 1) -> list[str]:
    others = [_scalar(name) for name in names[skip:]]
    more = f" and {len(others) - _MOST} more" if len(others) > _MOST else ""
    return [f"or {', '.join(others[:_MOST])}{more}"] if others else []


def _nested(model: type[BaseModel], filled: Mapping[str, Any], notes: Mapping[str, Any]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield f"  # {field.description}"
        said = notes.get(name, [])
        for line in _entry(name, filled.get(name, _default(field)), [said] if isinstance(said, str) else said):
            yield f"  {line}"


def _entry(name: str, value: Any, notes: list[str]) -> Iterator[str]:
    for note in notes:
        yield from _wrapped(note)
    yield f"{name}: {_value(value)}".rstrip()


def _wrapped(note: str) -> Iterator[str]:
    import textwrap

    for i, line in enumerate(textwrap.wrap(_one_line(note), width=_WIDTH - 6, break_on_hyphens=False)):
        yield f"#   {line}" if i == 0 else f"#     {line}"


def _default(field: FieldInfo) -> Any:
    value = field.get_default(call_default_factory=True)
    return value.model_dump() if isinstance(value, BaseModel) else value


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_value(item)}" for key, item in value.items()) + "}"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return _scalar(value) if isinstance(value, str) else str(value)


def _scalar(text: str) -> str:
    """Return a text as YAML, in quotes where it could be read as something else; JSON's quotes are YAML's."""
    plain = _PLAIN.fullmatch(text) and parse_scalar(text) == text and text.lower() not in _WORDS_OF_1_1
    if plain:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in quoted)


_WORDS_OF_1_1 = ("yes", "no", "on", "off", "y", "n")
"""Words that other readers of YAML take for true and false."""


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
