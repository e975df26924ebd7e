"""A study with everything written out: defaults filled in, repeats removed, words such as all replaced by names."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from rashomon.core import digest_json
from rashomon.study.spec.read import StudySpec

__all__ = ["WITHOUT_EFFECT", "resolve_spec", "spec_digest", "spec_remarks"]

WITHOUT_EFFECT = ("title", "out", "engine")
"""Keys on which no result depends."""

_KNOBS = "data.worlds.knobs"
"""Where a list is one value: shares may be equal."""


def resolve_spec(spec: StudySpec) -> dict[str, Any]:
    """Return a study in JSON types, with every default, and each entry of a list once.

    Parameters
    ----------
    spec
        The study. A path that is absolute keeps its last part only: what is written here must not name a machine.

    Returns
    -------
    By key; `rashomon.study.spec.read.parse_spec` reads it again as the same study.
    """
    found: dict[str, Any] = _once(spec.model_dump(mode="json"))
    data = found["data"]
    for key in ("file", "labels_from"):
        if data.get(key) is not None:
            data[key] = _portable(data[key])
    if "worlds" in data:
        data["worlds"]["world"] = _portable(data["worlds"]["world"])
    return found


def spec_digest(spec: StudySpec) -> str:
    """Return the digest of all that a study says and on which a result depends.

    Parameters
    ----------
    spec
        The study; comments, order of keys, title and engine do not count.
    """
    resolved = resolve_spec(spec)
    return digest_json({key: value for key, value in resolved.items() if key not in WITHOUT_EFFECT})


def spec_remarks(spec: StudySpec, *, n_cores: int) -> list[str]:
    """Return what is worth saying of a study that can be run: repeats, nothing to compare, too many workers.

    Parameters
    ----------
    spec
        The study.
    n_cores
        Cores of this machine.

    Returns
    -------
    Sentences without a full stop.
    """
    said = [
        f"{name} lists {shown} twice; it is run once"
        for name, values in _lists(spec.model_dump(mode="json"))
        for shown in _repeated(values)
    ]
    if "seed" not in spec.model_fields_set:
        said.append("no seed is given; 0 is used, and recorded")
    if spec.max_pipelines == 1 or (spec.multiverse and _is_one(spec)):
        said.append("one pipeline is run: it shows nothing about choices")
    if spec.engine.name == "processes" and spec.engine.n_jobs > n_cores:
        said.append(f"engine.n_jobs is {spec.engine.n_jobs} and there are {n_cores} cores; {n_cores} are used")
    data = spec.model_dump()["data"]
    said += [
        f"data.{key} is an absolute path: the study cannot be moved to another machine"
        for key in ("file", "labels_from")
        if data.get(key) is not None and _is_absolute(data[key])
    ]
    return said


def _is_one(spec: StudySpec) -> bool:
    from rashomon.study.spec.choice import CHOICES

    counted = [name for name, choice in CHOICES.items() if choice.counted]
    return all(len(set(spec.multiverse.get(name, (0, 1)))) == 1 for name in counted)


def _once(value: Any, name: str = "") -> Any:
    """Return JSON values with each entry of a list once, and all in their order; values of knobs stay as they are."""
    if isinstance(value, dict):
        return {key: _once(item, f"{name}.{key}".lstrip(".")) for key, item in value.items()}
    if isinstance(value, list) and not name.startswith(_KNOBS):
        kept: list[Any] = []
        for item in value:
            if not any(_same(item, other) for other in kept):
                kept.append(item)
        return kept
    return value


def _same(a: Any, b: Any) -> bool:
    # 30 and 30.0 are one level, true and 1 are not
    return bool(a == b) and isinstance(a, bool) == isinstance(b, bool)


def _lists(value: Any, name: str = "") -> list[tuple[str, list[Any]]]:
    if isinstance(value, dict):
        return [each for key, item in value.items() for each in _lists(item, f"{name}.{key}".lstrip("."))]
    return [(name, value)] if isinstance(value, list) and not name.startswith(_KNOBS) else []


def _repeated(values: list[Any]) -> list[str]:
    return list(dict.fromkeys(str(b) for i, b in enumerate(values) if any(_same(a, b) for a in values[:i])))


def _is_absolute(text: str) -> bool:
    return PurePosixPath(text).is_absolute() or PureWindowsPath(text).is_absolute()


def _portable(text: str) -> str:
    if not _is_absolute(text):
        return text
    return (PurePosixPath(text) if PurePosixPath(text).is_absolute() else PureWindowsPath(text)).name
