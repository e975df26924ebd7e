"""The command line: parses, calls, prints. Nothing heavy is imported before a subcommand runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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

_REGISTRIES = {
    "scores": "rashomon.score:SCORES",
    "steps": "rashomon.encode:STEPS",
    "clusterers": "rashomon.cluster:CLUSTERERS",
    "normalisations": "rashomon.multiverse.normalisation:NORMALISATIONS",
    "perturbations": "rashomon.perturb:PERTURBATIONS",
    "questions": "rashomon.ask:QUESTIONS",
    "datasets": "rashomon.datasets:DATASETS",
    "codes": "rashomon.io:CODES",
}

_FAILED_RUNS = 4
_INTERRUPTED = 130

File = Annotated[Path, typer.Argument(metavar="FILE", help=".h5ad, .zarr, .h5mu, or a CSV of labels")]
Truths = Annotated[
    list[str] | None,
    typer.Option(
        "--truth",
        metavar="NAME[=KIND[:ORIGIN]]",
        help="Label column the clusters may follow. KIND: biological, annotation (default), receptor, mechanism, "
        "technical. ORIGIN, what it was made from: expression (then it cannot win), sequence, protein, external.",
    ),
]
Out = Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Folder for the study; new, empty or ours.")]
Budget = Annotated[str, typer.Option(help="Size of the multiverse: quick or default.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", help="Worker processes; 0 = all cores, 1 = this process.")]
Seed = Annotated[int, typer.Option("--seed", help="Root of all random numbers.")]


@app.command()
def audit(
    file: File,
    out: Out,
    truth: Truths = None,
    labels: Annotated[str | None, typer.Option(metavar="COL", help="Clustering to judge; default: our own.")] = None,
    labels_from: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Table of labels to add: first column names the cells.")
    ] = None,
    unassigned: Annotated[
        list[str] | None, typer.Option(metavar="WORD", help='Word in label columns that means "no class", as ungated.')
    ] = None,
    donor: Annotated[str | None, typer.Option(metavar="COL", help="Column of donors.")] = None,
    batch: Annotated[str | None, typer.Option(metavar="COL", help="Column of batches.")] = None,
    condition: Annotated[str | None, typer.Option(metavar="COL", help="Column of conditions.")] = None,
    use_rep: Annotated[str | None, typer.Option(metavar="OBSM", help="Start from this embedding.")] = None,
    layer: Annotated[
        str | None, typer.Option(metavar="LAYER", help="Matrix to use; default: counts where found.")
    ] = None,
    labels_only: Annotated[
        bool, typer.Option("--labels-only", help="Leave the matrix alone; answer question 3 only.")
    ] = False,
    pipeline: Annotated[
        list[str] | None,
        typer.Option(metavar="CHOICE=LEVEL", help="A setting that made the labels; repeat for several."),
    ] = None,
    budget: Budget = "quick",
    jobs: Jobs = 0,
    seed: Seed = 0,
) -> None:
    """Judge a clustering: does it come back, whose labels does it follow, which settings made it."""
    from rashomon import tl

    _audit_to(
        out,
        lambda: tl.audit_file(
            file,
            out=out,
            labels_from=labels_from,
            arguments={
                "truths": truth or [],
                "labels": labels,
                "unassigned": unassigned or [],
                "donor_key": donor,
                "batch_key": batch,
                "condition_key": condition,
                "use_rep": use_rep,
                "layer": layer,
                "labels_only": labels_only,
                "pipeline": tl.parse_pipeline(pipeline or []),
                "budget": budget,
                "n_jobs": jobs,
                "rng": seed,
            },
        ),
    )


@app.command()
def truths(file: File, truth: Truths = None) -> None:
    """Compare label columns with each other, without clustering anything."""
    from rashomon import tl

    _table(tl.compare_truths(file, truth or []))


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


@app.command("list")
def list_records(kind: Annotated[str, typer.Argument(help="Kind of record; leave out to see the kinds.")] = "") -> None:
    """List what the package knows: scores, steps, clusterers, perturbations, questions, data sets, rules."""
    from rashomon.core import resolve

    if not kind:
        for name, path in _REGISTRIES.items():
            typer.echo(f"{name:<16} {len(resolve(path))} records")
        return
    if kind not in _REGISTRIES:
        from rashomon.core import UsageError, did_you_mean

        raise UsageError(f"unknown kind {kind!r}", where="rashomon list", fix=did_you_mean(kind, _REGISTRIES))
    for record in resolve(_REGISTRIES[kind]).values():
        typer.echo(f"{record.name:<24} {record.summary}")


@app.command()
def explain(code: Annotated[str, typer.Argument(help="Code printed with an error, such as matrix.nan.")]) -> None:
    """Explain an error code: what is checked, why, and what to do."""
    from rashomon.io import CODES

    rule = CODES[code]
    typer.echo(
        f"{rule.name}: {rule.summary}\n  expected: {rule.expected}\n  fix:      {rule.fix}\n\n{rule.explanation}"
    )


@app.command()
def info() -> None:
    """Print versions, for methods sections and bug reports."""
    import platform
    from importlib.metadata import version

    from rashomon.engine import environment

    rows = {"rashomon": version("rashomon"), "python": platform.python_version(), **environment()}
    for name, value in rows.items():
        typer.echo(f"{name:<14} {value}")


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _table(table: Any) -> None:
    typer.echo(table.to_string(index=False, float_format=lambda value: f"{value:.3f}"))


def _audit_to(out: Path, run: Callable[[], Audit]) -> None:
    found = run()
    typer.echo(f"\n{found.dataset.source}, {found.judged.name}:")
    for sentence in found.sentences():
        typer.echo(f"  - {sentence}")
    typer.echo(f"Report: {out / 'report.html'}")
    if len(found.failed):
        _say(f"{len(found.failed)} runs failed; the report says why.")
        raise typer.Exit(_FAILED_RUNS)


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
