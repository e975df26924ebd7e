"""What a study file would run and cost, said before anything is run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rashomon import io, study
from rashomon.core import silent
from rashomon.core.thread import n_cores
from rashomon.engine import MemoryStore
from rashomon.multiverse import Executor
from rashomon.study.benchmark import plan_spec
from rashomon.study.spec import BenchmarkSpec, audit_arguments, read_spec, spec_remarks, study_folder
from rashomon.tl.file import audit_again, plan_file
from rashomon.tl.session import chosen_engine
from rashomon.tl.study_run import edited

__all__ = ["check_study"]


def check_study(file: Path | str, *, out: Path | str | None = None) -> list[str]:
    """Return what a study file would run: the tree of choices, runs, time, memory and disk; nothing is written.

    A few runs are made to learn how long each step takes.

    Parameters
    ----------
    file
        YAML; see `rashomon.study.spec`.
    out
        Folder of the study, in place of the one that the file names.

    Returns
    -------
    Lines to print.

    Raises
    ------
    UsageError
        When the file has errors: all of them, with line and column.
    InputError
        When the data cannot be used.
    """
    spec, _ = read_spec(file)
    folder = study_folder(spec, file, out=out)
    study.check_directory(folder)
    remarks = [*spec_remarks(spec, n_cores=n_cores()), *edited(spec, folder)]
    if isinstance(spec, BenchmarkSpec):
        return [*remarks, *_benchmark(spec, Path(file).parent), f"results go to {folder}"]
    named = audit_arguments(spec, Path(file).parent)
    arguments = {name: value for name, value in named["arguments"].items() if name != "engine"}
    arguments["announce"] = remarks.append
    planned = _audit(named["file"], labels_from=named["labels_from"], arguments=arguments)
    return [*remarks, *planned, f"results go to {folder}"]


def _audit(file: Path, *, labels_from: Path | None, arguments: Mapping[str, Any]) -> list[str]:
    if arguments.get("receptors") or io.receptor_format(file) is not None or io.identify(file) != "table":
        return plan_file(file, labels_from=labels_from, arguments=arguments)
    # nothing has to be clustered, so that doing all of it is the best check
    audit_again(file, store=MemoryStore(), labels_from=labels_from, arguments={**arguments, "announce": silent})
    return ["a table of labels: question 3 is answered, and nothing is clustered"]


def _benchmark(spec: BenchmarkSpec, folder: Path) -> list[str]:
    plan, left = plan_spec(spec, folder=folder)
    engine = chosen_engine(spec.engine.settings(), n_jobs=spec.engine.n_jobs, progress=silent)
    labels = plan.label_units()
    units = [*plan.sample_units(), *labels, *plan.score_units(labels)]
    cost = Executor(plan.data, spec.seed, MemoryStore(), engine).estimate(units)
    apart = [f"not computed: {each.name} ({each.because})" for each in left]
    return [*plan.lines(), *apart, *cost.on_disk, f"the benchmark: {cost}"]
