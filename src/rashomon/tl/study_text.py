"""The study file that stands for a call, so that every audit of a file can be run again from its folder."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rashomon.core import UsageError
from rashomon.study.spec import parse_spec
from rashomon.study.spec.common_spec import FORMAT

__all__ = ["study_text"]

_OF_DATA = ("layer", "use_rep", "within", "receptors", "labels_only", "labels_from")
_ROLES = ("donor", "batch", "sample", "condition")
_OTHERS = (
    "labels", "unassigned", "truths", "dag", "pipeline", "multiverse", "clusterers", "steps", "max_pipelines",
    "perturbations", "n_replicates", "repeat_all", "budget", "questions", "scores",
)  # fmt: skip


def study_text(file: Path | str, *, labels_from: Path | str | None = None, arguments: Mapping[str, Any]) -> str:
    """Return the study file, as YAML, that does what a call of `rashomon.tl.audit_file` does.

    Parameters
    ----------
    file, labels_from
        The data.
    arguments
        Those of the call.

    Returns
    -------
    Its text; empty where a file cannot say it: functions, and truths that are no text.

    Examples
    --------
    >>> print(study_text("a/pbmc.h5ad", arguments={"labels": "leiden", "donor_key": "donor", "rng": 1}), end="")
    rashomon: 1
    data:
      file: pbmc.h5ad
    labels: leiden
    roles:
      donor: donor
    seed: 1
    """
    given = {name: value for name, value in arguments.items() if value not in (None, [], (), {}, False)}
    data = {"file": Path(file).name, **{name: given[name] for name in _OF_DATA if name in given}}
    if labels_from is not None:
        data["labels_from"] = Path(labels_from).name
    roles = {role: given[f"{role}_key"] for role in _ROLES if f"{role}_key" in given}
    said = {"rashomon": FORMAT, "data": data, **{name: given[name] for name in _OTHERS if name in given}}
    if roles:
        said["roles"] = roles
    if "rng" in given:
        said["seed"] = given["rng"]
    plain = _plain(said)
    return _yaml(plain) if _is_text(plain) else ""


def _plain(value: Any) -> Any:
    """Return lists for tuples, which YAML does not know."""
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _is_text(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_text, value.values()))
    return all(map(_is_text, value)) if isinstance(value, list) else isinstance(value, str | int | float | bool | None)


def _yaml(said: Mapping[str, Any]) -> str:
    from ruamel.yaml import YAML

    stream = io.StringIO()
    writer = YAML()
    writer.default_flow_style = False
    writer.dump(said, stream)
    text = stream.getvalue()
    try:
        parse_spec(text.encode(), name="study.yaml")
    except UsageError:
        # the call itself will say what is wrong with it, in its own words
        return ""
    return text
