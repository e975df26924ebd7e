"""What a file holds, as far as a template needs it, and what each of its columns probably is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["COLUMN_WORDS", "ColumnSummary", "FileSummary", "guessed_roles", "label_columns"]

COLUMN_WORDS: Mapping[str, tuple[str, ...]] = {
    "donor": ("donor", "patient", "subject", "individual", "participant", "mouse", "animal"),
    "batch": ("batch", "lane", "library", "run", "channel", "chemistry", "plate", "pool", "assay", "study"),
    "sample": ("sample", "orig ident", "specimen", "biopsy"),
    "condition": ("condition", "disease", "treatment", "stimulation", "stim", "status", "diagnosis", "timepoint"),
    "labels": ("leiden", "louvain", "seurat clusters", "clusters", "cluster", "phenograph", "sc3"),
    "truths": (
        "cell type", "celltype", "type", "annotation", "annotated", "cell label", "label", "labels", "cell line",
        "identity", "phenotype", "lineage", "epitope", "antigen", "specificity", "bulk labels",
    ),
}  # fmt: skip
"""Words by which columns of each role are called, in lower case, the most telling first."""

_MOST_CLASSES = 500


@dataclass(frozen=True)
class ColumnSummary:
    """One column of labels.

    Parameters
    ----------
    name
        Of the column.
    n_classes
        Different values.
    n_missing
        Rows without a value.
    numeric
        Whether its values are numbers that are not whole, which are no labels.
    examples
        Some of its values.
    """

    name: str
    n_classes: int
    n_missing: int = 0
    numeric: bool = False
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileSummary:
    """What a file holds, without its matrix.

    Parameters
    ----------
    file
        Its path, as the study file will name it.
    n_obs
        Rows.
    item
        What a row is: ``cell``, ``row`` of a table of receptors, or ``label`` of a table of labels.
    columns
        Of the table of rows.
    layers, embeddings
        Names of other matrices, and of embeddings from which an analysis may start.
    declared
        Truths that the file itself declares, as ``NAME=KIND:ORIGIN``.
    receptors
        Whether its cells also have receptors.
    """

    file: str
    n_obs: int
    item: str = "cell"
    columns: tuple[ColumnSummary, ...] = ()
    layers: tuple[str, ...] = ()
    embeddings: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    receptors: bool = False


def guessed_roles(summary: FileSummary) -> dict[str, tuple[str, ...]]:
    """Return the columns that each role may have, the likeliest first, judged by names and numbers of classes only.

    A column is named once, under the role with the most telling word in its name.

    Parameters
    ----------
    summary
        Of the file.

    Returns
    -------
    Columns by role of `COLUMN_WORDS`.

    Examples
    --------
    >>> columns = tuple(ColumnSummary(name, 5) for name in ("patient_id", "leiden_r1", "CellType", "n_genes"))
    >>> guessed_roles(FileSummary("a.h5ad", 100, columns=columns))["truths"]
    ('CellType',)
    """
    found: dict[str, list[tuple[int, str]]] = {role: [] for role in COLUMN_WORDS}
    for column in label_columns(summary):
        ranks = [
            (rank, role) for role, words in COLUMN_WORDS.items() if (rank := _rank(column.name, words)) is not None
        ]
        if ranks:
            rank, role = min(ranks)
            found[role].append((rank, column.name))
    # sorting is stable: of equal words the first column of the file stays first
    return {role: tuple(name for _, name in sorted(names, key=lambda each: each[0])) for role, names in found.items()}


def label_columns(summary: FileSummary) -> tuple[ColumnSummary, ...]:
    """Return the columns that may be labels: neither constant, nor measured, nor with a class for most rows.

    Parameters
    ----------
    summary
        Of the file.
    """
    most = min(_MOST_CLASSES, max(summary.n_obs // 2, 2))
    return tuple(column for column in summary.columns if not column.numeric and 2 <= column.n_classes <= most)


def _rank(name: str, words: tuple[str, ...]) -> int | None:
    """Return how telling the first word of a role in a name is; None where there is none."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    plain = f" {' '.join(re.findall(r'[a-z]+', parted.lower()))} "
    return next((i for i, word in enumerate(words) if f" {word} " in plain), None)
