"""A study file is run: an audit of a file, or a benchmark over worlds, into its folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rashomon import report, study
from rashomon.core import Listener, Teller, publish_text, say
from rashomon.core.thread import n_cores
from rashomon.engine import Engine, Plan
from rashomon.study.benchmark import Benchmark, run_benchmark, write_benchmark
from rashomon.study.directory import STUDY_FILE
from rashomon.study.spec import (
    BenchmarkSpec,
    StudySpec,
    audit_arguments,
    diff_specs,
    parse_spec,
    read_spec,
    resolve_spec,
    spec_digest,
    spec_remarks,
    study_folder,
)
from rashomon.tl.file import audit_file
from rashomon.tl.session import Occasion, chosen_engine, session

__all__ = ["StudyRun", "edited", "run_study"]

Ahead = Callable[[Plan, Mapping[str, Any]], None]


@dataclass(frozen=True, eq=False)
class StudyRun:
    """A study that was run.

    Parameters
    ----------
    folder
        Where it is.
    found
        What it found.
    """

    folder: Path
    found: study.Audit | Benchmark

    @property
    def n_failed(self) -> int:
        """How many runs failed."""
        return len(self.found.failed)

    def lines(self) -> list[str]:
        """Return what was found, in sentences, and where the report is."""
        warnings = self.found.warnings() if isinstance(self.found, study.Audit) else []
        said = [*(f"- {each}" for each in self.found.sentences()), *(f"! trip-wire {each}" for each in warnings)]
        return [*said, f"Report: {self.folder / 'report.html'}"]


def run_study(
    file: Path | str,
    *,
    out: Path | str | None = None,
    engine: Mapping[str, Any] | None = None,
    key: Path | str | None = None,
    ahead: Ahead | None = None,
    announce: Teller = say,
    progress: Listener | None = None,
) -> StudyRun:
    """Run a study file, or go on where a run of it was stopped: finished runs that still apply are reused.

    Parameters
    ----------
    file
        YAML; see `rashomon.study.spec`.
    out
        Folder of the study, in place of the one that the file names.
    engine
        Settings of the engine in place of those of the file: ``{"n_jobs": 4}``.
    key
        Private key to sign the results with.
    ahead
        Takes the plan of what is missing in place of an engine; see `rashomon.engine.Engine`.
    announce, progress
        Receive remarks and progress events; standard error by default.

    Returns
    -------
    What was found, and the folder, which is sealed.

    Raises
    ------
    UsageError
        When the file has errors (all of them are listed), or something in it does not fit the data.
    InputError
        When the data cannot be used.
    StoreError
        When another process runs the study.
    Interrupted
        When it was stopped; the same call goes on.
    Planned
        When something is missing and `ahead` took it.
    """
    spec, text = read_spec(file)
    if engine:
        spec = spec.model_copy(update={"engine": spec.engine.model_copy(update=dict(engine))})
    folder = study_folder(spec, file, out=out)
    for remark in [*spec_remarks(spec, n_cores=n_cores()), *edited(spec, folder)]:
        announce(remark)
    occasion = Occasion(
        ("run", Path(file).name), (Path(file),), text, spec_digest(spec), title=spec.title or "", key=key
    )
    runs = chosen_engine(spec.engine.settings(), n_jobs=spec.engine.n_jobs, progress=progress)
    if ahead is not None:
        runs = replace(runs, name="serial", n_jobs=1, address=None, slurm=None, ahead=ahead)
    if isinstance(spec, BenchmarkSpec):
        return StudyRun(folder, _benchmark(spec, Path(file), folder, occasion, engine=runs, announce=announce))
    named = audit_arguments(spec, Path(file).parent)
    arguments = {**named.pop("arguments"), "announce": announce, "engine": runs}
    return StudyRun(folder, audit_file(**named, out=folder, arguments=arguments, occasion=occasion))


def edited(spec: StudySpec, folder: Path) -> list[str]:
    """Return what changed in a study file since it was last run into a folder, in words; empty on the first run.

    Parameters
    ----------
    spec
        As it is now.
    folder
        Of the study.
    """
    before = folder / STUDY_FILE
    if not before.exists():
        return []
    old, _ = parse_spec(before.read_bytes(), name=STUDY_FILE)
    # another engine, title or folder changes no result
    if spec_digest(old) == spec_digest(spec):
        return []
    changes = diff_specs(resolve_spec(old), resolve_spec(spec))
    return ["the study file was edited; finished runs that still apply are reused, others are computed:", *changes]


def _benchmark(
    spec: BenchmarkSpec,
    file: Path,
    folder: Path,
    occasion: Occasion,
    *,
    engine: Engine,
    announce: Teller,
) -> Benchmark:
    with session(folder, occasion, engine=engine, announce=announce) as opened:
        found = run_benchmark(
            spec,
            folder=file.parent,
            store=opened.store,
            engine=opened.engine,
            announce=announce,
            resolved=resolve_spec(spec),
        )
        write_benchmark(found, folder)
        publish_text(folder / "report.html", report.benchmark(found))
    return found
