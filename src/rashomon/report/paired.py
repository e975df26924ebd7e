"""What the page says of cells with expression and receptors."""

from __future__ import annotations

from dataclasses import dataclass

from rashomon.report.escape import pathless
from rashomon.report.paired_figure import PAIRED
from rashomon.report.picture import Picture
from rashomon.report.receptor_figure import table_of
from rashomon.report.section import pictures
from rashomon.report.table import ShownTable, show_table
from rashomon.study import Audit
from rashomon.study.paired_word import paired_sentences

__all__ = ["PairedPage", "paired_page"]

_TABLES = {
    "paired_counts": "What became of the cells with expression and with receptors",
    "paired": "One row per number: how far receptors and expression clusters agree, beside cells or clonotypes that "
    "were shuffled within donors. The AMI takes no account of donors: what they alone give stands beside it",
    "paired_clusters": "One row per expression cluster and receptor cluster that share a clonotype: expected within "
    "donors, common odds ratio, exact p, and false discovery rate over all pairs that could meet",
    "paired_states": "One row per expression cluster: cells and clonotypes in it, clones of two cells or more with a "
    "cell in it, their shares summed, and what donors explain",
    "paired_clones": "One row per clone of two cells or more",
}
"""Tables of the section, and what a row is; labels of single cells are only in the files."""


@dataclass(frozen=True)
class PairedPage:
    """What the page says of cells with expression and receptors.

    Parameters
    ----------
    sentences
        What was found, in plain words.
    pictures, tables
        What it rests on.
    """

    sentences: tuple[str, ...]
    pictures: tuple[Picture, ...]
    tables: tuple[ShownTable, ...]


def paired_page(audit: Audit) -> PairedPage | None:
    """Return what is said of the cells of `audit` that also have receptors; None for other data."""
    if not len(table_of(audit, "paired_counts")):
        return None
    tables = (
        show_table(table_of(audit, name), name=name, caption=caption)
        for name, caption in _TABLES.items()
        if len(table_of(audit, name))
    )
    return PairedPage(tuple(map(pathless, paired_sentences(audit.tables))), pictures(audit, PAIRED), tuple(tables))
