"""From the study of a file to the call that it stands for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rashomon.core import resolve
from rashomon.core.thread import n_cores
from rashomon.study.spec.engine_spec import EngineSpec
from rashomon.study.spec.model import AuditSpec

__all__ = ["audit_arguments"]

_ONLY_IF_SAID = {"n_replicates": 20, "repeat_all": False, "sample_key": None}
"""Arguments that the command line does not have, with their defaults."""


def audit_arguments(spec: AuditSpec, folder: Path | str) -> dict[str, Any]:
    """Return the keyword arguments of `rashomon.tl.audit_file`, ``out`` aside, that do what a study says.

    Parameters
    ----------
    spec
        The study.
    folder
        That of its file; paths are relative to it.

    Returns
    -------
    ``file``, ``labels_from`` and ``arguments``, the last equal to what ``rashomon audit`` passes on for the same
    options. What only a study can say is added to ``arguments`` where it is said: ``n_replicates``, ``perturbations``,
    ``repeat_all``, ``sample_key``, ``questions`` and ``scores`` that are not all, and ``engine`` (a mapping) beyond its
    name and number of workers.
    """
    data, roles = spec.data, spec.roles
    arguments: dict[str, Any] = {
        "truths": None if spec.truths is None else _once(spec.truths),
        "labels": spec.labels,
        "unassigned": _once(spec.unassigned),
        "donor_key": roles.donor,
        "batch_key": roles.batch,
        "condition_key": roles.condition,
        "dag": None if spec.dag is None else _once(spec.dag),
        "use_rep": data.use_rep,
        "layer": data.layer,
        "labels_only": data.labels_only,
        "receptors": data.receptors,
        "pipeline": dict(spec.pipeline) if spec.pipeline else None,
        "within": {name: _once(values) for name, values in data.within.items()} or None,
        "budget": spec.budget,
        "multiverse": {name: tuple(dict.fromkeys(levels)) for name, levels in spec.multiverse.items()} or None,
        "clusterers": _once(spec.clusterers) or None,
        "steps": _once(spec.steps) or None,
        "max_pipelines": spec.max_pipelines,
        "n_jobs": _n_jobs(spec.engine),
        "rng": spec.seed,
    }
    only = {"n_replicates": spec.n_replicates, "repeat_all": spec.repeat_all, "sample_key": roles.sample}
    arguments |= {name: value for name, value in only.items() if value != _ONLY_IF_SAID[name]}
    for name, path in (("questions", "rashomon.ask:QUESTIONS"), ("scores", "rashomon.score:SCORES")):
        asked = dict.fromkeys(getattr(spec, name))
        if set(asked) != set(resolve(path)):
            arguments[name] = list(asked)
    if spec.perturbations is not None:
        arguments["perturbations"] = _once(spec.perturbations)
    arguments |= _engine(spec.engine)
    base = Path(folder)
    labels_from = None if data.labels_from is None else base / data.labels_from
    return {"file": base / data.file, "labels_from": labels_from, "arguments": arguments}


def _once(values: tuple[Any, ...]) -> list[Any]:
    return list(dict.fromkeys(values))


def _n_jobs(engine: EngineSpec) -> int:
    # more workers than cores only wait for each other; `spec_remarks` says so
    return (
        1 if engine.name == "serial" else min(engine.n_jobs, n_cores()) if engine.name == "processes" else engine.n_jobs
    )


def _engine(engine: EngineSpec) -> dict[str, Any]:
    """Return the settings of an engine that the number of workers does not say."""
    said = engine.settings()
    return {"engine": said} if said.keys() > {"name"} or engine.name not in {"serial", "processes"} else {}
