"""The command line: parses, calls, prints. Nothing heavy is imported before a subcommand runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rashomon.cli_option import (
    Arrows,
    Batch,
    Budget,
    Cells,
    Clusterers,
    Condition,
    Donor,
    Drawn,
    File,
    Jobs,
    Knobs,
    Layer,
    MaxPipelines,
    Oracle,
    Out,
    Receptors,
    Seed,
    Steps,
    Truths,
    Unassigned,
    Vary,
    Within,
)
from rashomon.cli_study import add_to, study_lines

if TYPE_CHECKING:
    from rashomon.study import Audit

__all__ = ["app", "main"]

app = typer.Typer(
    name="rashomon",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Which of your clusters survive every defensible analysis, and under which definition of truth.",
)

_FOUND_ERRORS = 2
_INTERRUPTED = 130


@app.command()
def audit(
    file: File,
    out: Out,
    truth: Truths = None,
    labels: Annotated[str | None, typer.Option(metavar="COL", help="Clustering to judge; default: our own.")] = None,
    labels_from: Annotated[Path | None, typer.Option(metavar="CSV", help="Labels to add, by cell name.")] = None,
    unassigned: Unassigned = None,
    donor: Donor = None,
    batch: Batch = None,
    condition: Condition = None,
    arrow: Arrows = None,
    use_rep: Annotated[str | None, typer.Option(metavar="OBSM", help="Start from this embedding.")] = None,
    layer: Layer = None,
    labels_only: Annotated[
        bool, typer.Option("--labels-only", help="Leave the matrix alone: question 3 only.")
    ] = False,
    pipeline: Annotated[
        list[str] | None, typer.Option(metavar="CHOICE=LEVEL", help="A setting that made the labels; repeat.")
    ] = None,
    within: Within = None,
    budget: Budget = "quick",
    vary: Vary = None,
    clusterer: Clusterers = None,
    step: Steps = None,
    max_pipelines: MaxPipelines = None,
    receptors: Receptors = False,
    jobs: Jobs = 0,
    seed: Seed = 0,
) -> None:
    """Judge a clustering: does it come back, whose labels does it follow, which settings made it."""
    from rashomon import tl

    _find_own_modules(clusterer, step)
    _audit_to(
        out,
        lambda: tl.audit_file(
            file,
            out=out,
            labels_from=labels_from,
            arguments={
                "truths": truth or None,
                "labels": labels,
                "unassigned": unassigned or [],
                "donor_key": donor,
                "batch_key": batch,
                "condition_key": condition,
                "dag": arrow or None,
                "use_rep": use_rep,
                "layer": layer,
                "labels_only": labels_only,
                "receptors": receptors,
                "pipeline": tl.parse_pipeline(pipeline or []),
                "within": tl.parse_within(within or []) or None,
                "budget": budget,
                "multiverse": tl.parse_levels(vary or []) or None,
                "clusterers": clusterer,
                "steps": step,
                "max_pipelines": max_pipelines,
                "n_jobs": jobs,
                "rng": seed,
            },
        ),
    )


@app.command()
def multiverse(
    file: File,
    labels: Annotated[str | None, typer.Option(metavar="COL", help="Clustering that would be judged.")] = None,
    donor: Donor = None,
    batch: Batch = None,
    condition: Condition = None,
    use_rep: Annotated[str | None, typer.Option(metavar="OBSM", help="Start from this embedding.")] = None,
    layer: Layer = None,
    within: Within = None,
    budget: Budget = "quick",
    vary: Vary = None,
    clusterer: Clusterers = None,
    step: Steps = None,
    max_pipelines: MaxPipelines = None,
    receptors: Receptors = False,
    jobs: Jobs = 0,
    seed: Seed = 0,
) -> None:
    """Print what an audit would run: the tree of choices, pipelines, time and memory; nothing is written."""
    from rashomon import tl

    _find_own_modules(clusterer, step)
    arguments = {
        "labels": labels,
        "donor_key": donor,
        "batch_key": batch,
        "condition_key": condition,
        "use_rep": use_rep,
        "layer": layer,
        "receptors": receptors,
        "within": tl.parse_within(within or []),
        "budget": budget,
        "multiverse": tl.parse_levels(vary or []),
        "clusterers": clusterer,
        "steps": step,
        "max_pipelines": max_pipelines,
        "n_jobs": jobs,
        "rng": seed,
    }
    _print(tl.plan_file(file, arguments=arguments))


@app.command()
def truths(
    file: File,
    truth: Truths = None,
    donor: Annotated[str | None, typer.Option(metavar="COL", help="Column of donors; six give intervals.")] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help="Folder for a page, a plot and tables.")
    ] = None,
    unassigned: Unassigned = None,
    seed: Seed = 0,
) -> None:
    """Compare label columns with each other, without clustering anything.

    A column may be derived: NAME=map(COLUMN, FILE.csv[, keep]), NAME=cross(COLUMN, COLUMN), NAME=quantile(COLUMN, N),
    NAME=threshold(KEY:MARKER>=2.5 & KEY:MARKER<1 as T, ...), NAME=argmax(KEY[, MIN_PROBABILITY]).
    """
    from rashomon import tl

    table = tl.compare_truths(file, truth or [], donor_key=donor, unassigned=unassigned or [], out=out, rng=seed)
    _table(table[["truth_a", "truth_b", "relation", "reason", "n_common", "a_given_b", "b_given_a", "ami", "ari"]])
    weak = [f"{row['truth_a']}, {row['truth_b']}" for _, row in table.iterrows() if row["circular"]]
    if weak:
        typer.echo(f"Made from the expression matrix, so no independent evidence: {'; '.join(weak)}")
    if out is not None:
        typer.echo(f"Page: {out / 'truths.html'}")


@app.command()
def demo(out: Out = Path("rashomon_demo"), jobs: Jobs = 0, seed: Seed = 0) -> None:
    """Audit two real data sets that come with the package; about two minutes."""
    from rashomon import datasets, tl

    for source in datasets.DATASETS.values():
        if not source.demo:
            continue
        _say(f"\n== {source.name}: {source.summary}")
        roles = {f"{role}_key": column for role, column in source.roles}
        arguments = {"labels": source.labels, "truths": source.truths, "n_jobs": jobs, "rng": seed, **roles}

        def run(source: datasets.Source = source, arguments: dict[str, Any] = arguments) -> Audit:
            adata = datasets.load(source.name)
            return tl.audit_to(adata, out=out / source.name, source=source.name, arguments=arguments)

        _audit_to(out / source.name, run)


@app.command()
def simulate(
    world: Annotated[str, typer.Argument(metavar="NAME|WORLD.yaml", help="Leave out to see the catalogue.")] = "",
    out: Drawn = Path("world.h5ad"),
    n: Cells = None,
    knobs: Knobs = None,
    do: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Intervene on a knob, or set a node for all cells.")
    ] = None,
    oracle: Oracle = None,
    seed: Seed = 0,
) -> None:
    """Draw cells from a world in which every truth is known; without a name, list the worlds."""
    if not (world or knobs or do or n):
        return list_records("worlds")
    from rashomon import tl
    from rashomon.core import lines

    return _print(
        tl.simulate_file(
            world, out=out, n_obs=n, set_to=knobs or [], do=do or [], oracle=oracle, listener=lines(), rng=seed
        )
    )


@app.command()
def twin(
    file: File,
    out: Drawn,
    truth: Annotated[
        str | None, typer.Option(metavar="COL", help="Types; by default found in half the counts.")
    ] = None,
    donor: Donor = None,
    batch: Batch = None,
    null: Annotated[bool, typer.Option("--null", help="One population: all of the data but its types.")] = False,
    n: Cells = None,
    knobs: Knobs = None,
    world: Annotated[
        Path | None, typer.Option(metavar="YAML", help="Keep the fitted world, as YAML and parquet.")
    ] = None,
    oracle: Oracle = None,
    seed: Seed = 0,
) -> None:
    """Fit a world to the counts of a file, and draw a look-alike in which every truth is known."""
    from rashomon import tl

    keys: dict[str, Any] = {"labels": truth, "donor_key": donor, "batch_key": batch, "null": null}
    _print(tl.twin_file(file, out=out, n_obs=n, set_to=knobs or [], oracle=oracle, world=world, rng=seed, **keys))


@app.command("list")
def list_records(kind: Annotated[str, typer.Argument(help="Kind of record; leave out to see the kinds.")] = "") -> None:
    """List what the package knows: scores, steps, clusterers, perturbations, questions, data sets, rules."""
    from rashomon.core import resolve
    from rashomon.registries import REGISTRIES

    if not kind:
        for name, path in REGISTRIES.items():
            typer.echo(f"{name:<16} {len(resolve(path))} records")
        return
    if kind not in REGISTRIES:
        from rashomon.core import UsageError, did_you_mean

        raise UsageError(f"unknown kind {kind!r}", where="rashomon list", fix=did_you_mean(kind, REGISTRIES))
    for record in resolve(REGISTRIES[kind]).values():
        # a knob also says what may be given
        legal = f" [{record.expected}; default {record.default}; {record.unit}]" if hasattr(record, "unit") else ""
        typer.echo(f"{record.name:<24} {record.summary}{legal}")


@app.command()
def explain(code: Annotated[str, typer.Argument(help="Code printed with an error, such as matrix.nan.")]) -> None:
    """Explain an error code: what is checked, why, and what to do."""
    from rashomon.io import CODES

    rule = CODES[code]
    typer.echo(
        f"{rule.name}: {rule.summary}\n  expected: {rule.expected}\n  fix:      {rule.fix}\n\n{rule.explanation}"
    )


@app.command()
def doctor(
    file: Annotated[Path | None, typer.Argument(metavar="FILE|DIR", help="Data or study; without: the setup.")] = None,
    *,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the ledger of a study anew.")] = False,
) -> None:
    """Say all that is wrong or worth knowing about a file, a study or this installation; exit code 2 on errors."""
    from rashomon.io import examine, shown

    if file is not None and file.is_dir() and (rebuild or (file / "ledger.sqlite").exists()):
        _print(study_lines(file, rebuild=rebuild))
        return
    findings = examine(file)
    _print(shown(findings))
    if any(finding.level == "error" for finding in findings):
        raise typer.Exit(_FOUND_ERRORS)


@app.command()
def info() -> None:
    """Print versions, for methods sections and bug reports."""
    import platform
    from importlib.metadata import version

    from rashomon.engine import environment

    rows = {"rashomon": version("rashomon"), "python": platform.python_version(), **environment()}
    _print(f"{name:<14} {value}" for name, value in rows.items())


add_to(app)


def _find_own_modules(*named: list[str] | None) -> None:
    """Let ``module:function`` be a file in the folder where the command is run; last, so that it hides no library."""
    if any(":" in name for names in named for name in names or ()):
        sys.path.append(str(Path.cwd()))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _table(table: Any) -> None:
    typer.echo(table.to_string(index=False, float_format=lambda value: f"{value:.3f}"))


def _audit_to(out: Path, run: Callable[[], Audit]) -> None:
    from rashomon.core import FAILED_RUNS

    found = run()
    typer.echo(f"\n{found.dataset.source}, {found.judged.name}:")
    for sentence in found.sentences():
        typer.echo(f"  - {sentence}")
    for warning in found.warnings():
        typer.echo(f"  ! trip-wire {warning}")
    typer.echo(f"Report: {out / 'report.html'}")
    if len(found.failed):
        _say(f"{len(found.failed)} runs failed; the report says why.")
        raise typer.Exit(FAILED_RUNS)


def main() -> None:
    """Run the command line; errors a user can act on are printed without a traceback."""
    from rashomon.core.errors import RashomonError

    try:
        app()
    except RashomonError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            typer.echo("stopped; run the same command again to go on from here", err=True)
        raise


if __name__ == "__main__":
    main()
