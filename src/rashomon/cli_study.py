"""The commands about studies: a file that says what to run, a folder that holds what came of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from rashomon.cli_option import File

__all__ = ["add_to", "study_lines"]

Study = Annotated[Path, typer.Argument(metavar="STUDY.yaml", help="A study file; rashomon init writes one.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a study.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]
KeyFile = Annotated[Path, typer.Argument(metavar="KEY", help="Private key; the public one goes to KEY.pub.")]
Number = Annotated[int, typer.Argument(metavar="N", help="Number of the job, from 1.")]
NewSpec = Annotated[Path | None, typer.Option("-o", "--out", metavar="YAML", help="Default: FILE.yaml")]
OtherOut = Annotated[
    Path | None, typer.Option("-o", "--out", metavar="DIR", help="Folder of the study; default: as the file says.")
]
EngineName = Annotated[
    str | None,
    typer.Option("--engine", metavar="NAME[:ADDRESS]", help="serial, processes, dask, dask:tcp://host:8786."),
]
JobsOf = Annotated[int | None, typer.Option("--jobs", "-j", help="Worker processes; default: as the file says.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the command line.

    Parameters
    ----------
    app
        Of `rashomon.cli`.
    """
    for command in (init, check, run, status, report, verify, export, keygen, plan):
        app.command()(command)
    app.command("run-unit")(run_unit)


def init(file: File, out: NewSpec = None) -> None:
    """Write a commented study file from a file of data: its columns, with what they seem to be."""
    from rashomon.tl.study_init import init_spec

    written = init_spec(file, out=out or file.with_suffix(".yaml"))
    typer.echo(f"{written}: read it, then: rashomon check {written}; rashomon run {written}")


def check(study: Study) -> None:
    """Say all that is wrong with a study file, or what it would run and cost; nothing is written."""
    from rashomon.tl.study_check import check_study

    _find_own_modules(study.parent)
    _print(check_study(study))


def run(
    study: Study,
    out: OtherOut = None,
    engine: EngineName = None,
    jobs: JobsOf = None,
    sign: Annotated[Path | None, typer.Option(metavar="KEY", help="Private key of rashomon keygen.")] = None,
) -> None:
    """Run a study file, or go on where it was stopped: what is finished is not computed again."""
    from rashomon.core import FAILED_RUNS
    from rashomon.study.progress import show_progress
    from rashomon.tl.study_run import run_study

    _find_own_modules(study.parent)
    with show_progress() as progress:
        found = run_study(study, out=out, engine=_engine(engine, jobs), key=sign, progress=progress)
    _print(found.lines())
    if found.n_failed:
        typer.echo(f"{found.n_failed} runs failed; the report says why.", err=True)
        raise typer.Exit(FAILED_RUNS)


def status(folder: Folder, *, as_json: Json = False) -> None:
    """Say how far a study is, also while it runs."""
    from rashomon.study.status import status as found

    _show(found(folder), as_json=as_json)


def report(
    folder: Folder,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="HTML", help="Default: beside the folder.")] = None,
    data: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the data are now.")] = None,
) -> None:
    """Write the report of a study anew from its finished runs; the study itself is only read."""
    from rashomon.tl.study_report import report_study

    typer.echo(f"Report: {report_study(folder, out=out, data=data)}")


def verify(
    path: Annotated[Path, typer.Argument(metavar="DIR|FILE", help="A study, or a file: is it simulated?")],
    *,
    key: Annotated[Path | None, typer.Option(metavar="PUB", help="Public key of who signed.")] = None,
    rerun: Annotated[int, typer.Option(metavar="N", help="Compute so many runs again, and compare labels.")] = 0,
    data: Annotated[Path | None, typer.Option(metavar="FILE", help="The data, for --rerun.")] = None,
    seed: Annotated[int, typer.Option(help="Which runs are drawn.")] = 0,
    as_json: Json = False,
) -> None:
    """Check every digest and signature of a study, and re-run some of it; or tell whether a file is simulated."""
    import numpy as np

    from rashomon.study import seal

    folder = path.is_dir() and path.suffix != ".zarr"
    found: Any
    if folder:
        found = seal.verify(path, key=key, rerun=rerun, data=data, rng=np.random.default_rng(seed))
    else:
        found = seal.verify_file(path)
    _show(found, as_json=as_json)
    if found.exit_code:
        raise typer.Exit(found.exit_code)


def export(
    folder: Folder,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="New folder.")],
    form: Annotated[str, typer.Option(help="parquet or csv.")] = "parquet",
) -> None:
    """Write the tables of a study and its ledger as tidy files, with a data dictionary."""
    from rashomon.study.export import export as write

    _print(write(folder, out, form=form))  # type: ignore[arg-type]  # checked there


def keygen(path: KeyFile) -> None:
    """Make a pair of keys to sign studies with."""
    from rashomon.study.seal import keygen as make

    made = make(path)
    typer.echo(f"private key {made.private}: keep it; public key {made.public}: hand it out")


def plan(
    study: Study,
    out: OtherOut = None,
    units: Annotated[int, typer.Option(metavar="N", help="Number of jobs.")] = 100,
) -> None:
    """Write what is left of a study as a list of jobs, for clusters without daemons; then run-unit, plan again, run."""
    from rashomon.tl.study_units import plan_units

    _find_own_modules(study.parent)
    _print(plan_units(study, out=out, n_units=units))


def run_unit(folder: Folder, number: Number) -> None:
    """Run one job of the list that plan wrote."""
    from rashomon.engine.unit_list import run_unit as go

    _find_own_modules(folder.resolve().parent)
    code = go(folder, number)
    if code:
        raise typer.Exit(code)


def study_lines(folder: Path, *, rebuild: bool) -> list[str]:
    """Return whether the ledger of a study can be read, or what making it anew found.

    Parameters
    ----------
    folder
        The study.
    rebuild
        Make it anew from the records.

    Raises
    ------
    StoreError
        When it is damaged.
    """
    from rashomon.engine import Ledger
    from rashomon.engine.ledger import LEDGER
    from rashomon.study.ledger_rebuild import rebuild_ledger

    if rebuild:
        return rebuild_ledger(folder).lines()
    with Ledger(folder / LEDGER, readonly=True) as ledger:
        ledger.check()
    return [f"the ledger of {folder.name} is intact; rashomon verify checks its results"]


def _find_own_modules(folder: Path) -> None:
    """Let ``module:function`` be a file beside the study file; last, so that it hides no library."""
    beside = str(folder.resolve())
    if beside not in sys.path:
        sys.path.append(beside)


def _engine(named: str | None, jobs: int | None) -> dict[str, Any]:
    name, _, address = (named or "").partition(":")
    given = {"name": name or None, "address": address or None, "n_jobs": jobs}
    return {key: value for key, value in given.items() if value is not None}


def _show(found: Any, *, as_json: bool) -> None:
    _print([json.dumps(found.as_dict(), indent=2)] if as_json else found.lines())


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)
