"""What changed between two versions of a study, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rashomon.core import first_few
from rashomon.study.spec.resolve import WITHOUT_EFFECT

__all__ = ["diff_specs"]


def diff_specs(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return what changed from one resolved study to another, one line per key; none when they are the same.

    Parameters
    ----------
    old, new
        As `rashomon.study.spec.resolve.resolve_spec` returns them.

    Examples
    --------
    >>> diff_specs({"seed": 0, "truths": ["a"], "engine": {"n_jobs": 1}}, {"seed": 1, "truths": ["a", "b"]})
    ['engine.n_jobs: 1 is gone; no result depends on it', 'seed: was 0, is 1', 'truths: b is new']
    """
    lines = []
    for key in sorted({*old, *new}):
        for path, what in _changes((key,), old.get(key), new.get(key), there=(key in old, key in new)):
            free = "; no result depends on it" if path[0] in WITHOUT_EFFECT else ""
            lines.append(f"{'.'.join(path)}: {what}{free}")
    return lines


def _changes(
    path: tuple[str, ...], old: Any, new: Any, *, there: tuple[bool, bool]
) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(old or {}, Mapping) and isinstance(new or {}, Mapping) and (old or new):
        before, after = old or {}, new or {}
        for key in dict.fromkeys([*before, *after]):
            inside = (key in before, key in after)
            yield from _changes((*path, str(key)), before.get(key), after.get(key), there=inside)
    elif old == new and type(old) is type(new) and there[0] == there[1]:
        return
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
        yield path, _entries(list(old), list(new))
    elif not there[0]:
        yield path, f"{_said(new)} is new"
    elif not there[1]:
        yield path, f"{_said(old)} is gone"
    else:
        yield path, f"was {_said(old)}, is {_said(new)}"


def _entries(old: list[Any], new: list[Any]) -> str:
    added, gone = [each for each in new if each not in old], [each for each in old if each not in new]
    parts = [
        f"{first_few(map(_said, each))} {'is' if len(each) == 1 else 'are'} {what}"
        for each, what in ((added, "new"), (gone, "gone"))
        if each
    ]
    return ", ".join(parts) or f"the order was {first_few(map(_said, old))}, is {first_few(map(_said, new))}"


def _said(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "empty" if value is None else str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_said, value))}]"
    return (
        "{" + ", ".join(f"{k}: {_said(v)}" for k, v in value.items()) + "}" if isinstance(value, dict) else str(value)
    )
