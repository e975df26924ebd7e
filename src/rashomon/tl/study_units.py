"""What is left of a study as a list of jobs, for clusters on which no process may wait for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rashomon.core import Teller, say
from rashomon.engine import DirectoryStore, Plan, Planned, unit_lines, write_units
from rashomon.study import ARTEFACTS
from rashomon.study.spec import read_spec, study_folder
from rashomon.tl.study_run import run_study

__all__ = ["plan_units"]


@dataclass
class _List:
    """Takes the plan that an engine would run, and writes it as jobs."""

    folder: Path
    n_units: int
    numbers: list[int] = field(default_factory=list)

    def __call__(self, plan: Plan, data: Mapping[str, Any]) -> None:
        store = DirectoryStore(self.folder / ARTEFACTS)
        self.numbers = write_units(self.folder, plan, data, store=store, n_units=self.n_units)


def plan_units(
    file: Path | str, *, out: Path | str | None = None, n_units: int = 100, announce: Teller = say
) -> list[str]:
    """Write the next runs of a study as a list of jobs, each of which ``rashomon run-unit`` runs.

    Some runs depend on what others found: when all jobs are done, plan again. Where nothing is missing, the study is
    finished here: tables, report, seal.

    Parameters
    ----------
    file, out
        As in `rashomon.tl.study_run.run_study`.
    n_units
        Number of jobs to aim at.
    announce
        Receives remarks.

    Returns
    -------
    Lines to print: how many jobs there are and how to run them, or what the study found.
    """
    spec, _ = read_spec(file)
    folder = study_folder(spec, file, out=out)
    listed = _List(folder, n_units)
    try:
        found = run_study(file, out=out, ahead=listed, announce=announce)
    except Planned as planned:
        runs = sum(len(keys) for keys in unit_lines(folder).values())
        return [
            f"{planned.n_missing} runs are missing: {runs} in {len(listed.numbers)} jobs",
            f"run each: rashomon run-unit {folder} NUMBER, for NUMBER from 1 to {len(listed.numbers)}",
            "then plan again; when nothing is missing, the report is written",
        ]
    return found.lines()
