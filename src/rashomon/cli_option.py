"""Options of the command line that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "Arrows",
    "Batch",
    "Budget",
    "Cells",
    "Clusterers",
    "Condition",
    "Donor",
    "Drawn",
    "File",
    "Jobs",
    "Knobs",
    "Layer",
    "MaxPipelines",
    "Oracle",
    "Out",
    "Receptors",
    "Seed",
    "Steps",
    "Truths",
    "Unassigned",
    "Vary",
    "Within",
]

File = Annotated[Path, typer.Argument(metavar="FILE", help=".h5ad, .zarr, .h5mu, AIRR and other receptors, labels")]
Truths = Annotated[
    list[str] | None,
    typer.Option(
        "--truth",
        metavar="NAME[=KIND[:ORIGIN]] | NAME=RECIPE(...)",
        help="Label column the clusters may follow. KIND: biological, annotation (default), receptor, mechanism, "
        "technical. ORIGIN, what it was made from: expression (then it cannot win), sequence, protein, external. "
        "RECIPE derives a column: see rashomon list recipes.",
    ),
]
Unassigned = Annotated[
    list[str] | None, typer.Option(metavar="WORD", help='Word in label columns that means "no class", as ungated.')
]
Donor = Annotated[str | None, typer.Option(metavar="COL", help="Column of donors.")]
Batch = Annotated[str | None, typer.Option(metavar="COL", help="Column of batches.")]
Condition = Annotated[str | None, typer.Option(metavar="COL", help="Column of conditions.")]
Arrows = Annotated[
    list[str] | None,
    typer.Option(
        "--arrow",
        metavar="'CAUSE -> EFFECT'",
        help="A causal arrow between columns, or to clusters; repeat. Default: offered.",
    ),
]
Layer = Annotated[str | None, typer.Option(metavar="LAYER", help="Matrix to use; default: counts where found.")]
Out = Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Folder for the study; new, empty or ours.")]
Budget = Annotated[str, typer.Option(help="Size of the multiverse: quick, default or full.")]
Within = Annotated[
    list[str] | None,
    typer.Option(metavar="COL=VALUE", help="Only the cells with this value; repeat for more values or columns."),
]
Vary = Annotated[
    list[str] | None,
    typer.Option(metavar="CHOICE=LEVEL,...", help="Levels of a choice in place of those of the budget, default first."),
]
Clusterers = Annotated[
    list[str] | None,
    typer.Option("--clusterer", metavar="NAME", help="One more clusterer: one of ours, or your module:function."),
]
Steps = Annotated[
    list[str] | None,
    typer.Option(
        "--step",
        metavar="[x=|view=]module:function",
        help="Your transform of the normalised matrix (x) or of the components (view, the default), in a branch.",
    ),
]
MaxPipelines = Annotated[
    int | None, typer.Option("--max-pipelines", metavar="N", help="Most pipelines; a balanced fraction is drawn.")
]
Jobs = Annotated[
    int, typer.Option("--jobs", "-j", help="Worker processes; 0 = all cores that fit in memory, 1 = this process.")
]
Seed = Annotated[int, typer.Option("--seed", help="Root of all random numbers.")]
Drawn = Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help=".h5ad, .zarr or .h5mu to write.")]
Cells = Annotated[int | None, typer.Option("-n", metavar="N", min=1, help="Number of cells.")]
Knobs = Annotated[
    list[str] | None, typer.Option("--set", metavar="KNOB=VALUE", help="Turn a knob: see rashomon list knobs.")
]


Receptors = Annotated[
    bool, typer.Option("--receptors", help="Cluster the receptors of the cells; a table of receptors needs no flag.")
]
Oracle = Annotated[
    bool | None,
    typer.Option("--oracle/--no-oracle", help="Add Bayes labels and ceilings; by default up to 5,000 cells."),
]
