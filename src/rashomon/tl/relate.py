"""The comparison of label columns of a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from rashomon import io, report, study
from rashomon.core import RNGLike, UsageError
from rashomon.dataset import Dataset, unique_receptors
from rashomon.tl.argument import with_words
from rashomon.tl.receptor import receptor_dataset
from rashomon.truth import compare

__all__ = ["compare_truths"]


def compare_truths(
    file: Path | str,
    truths: Sequence[str],
    *,
    donor_key: str | None = None,
    unassigned: Sequence[str] = (),
    out: Path | str | None = None,
    rng: RNGLike = 0,
) -> pd.DataFrame:
    """Return how each pair of label columns of a file relates, see `rashomon.truth.RELATION_COLUMNS`.

    Parameters
    ----------
    file
        As in `audit_file`.
    truths
        Two or more label columns, written as in `audit`; derived ones as ``NAME=RECIPE(...)``.
    donor_key
        Column of donors: with six or more, intervals are over donors.
    unassigned
        Words that mean "no class", as in `audit`.
    out
        Folder, new or ours, for a page, an alluvial plot and the tables; by default nothing is written.
    rng
        Root of the half-samples.

    Raises
    ------
    UsageError
        When fewer than two columns are named, or the folder is not ours.
    """
    if len(truths) < 2:
        raise UsageError("fewer than two label columns", where="--truth", fix="name two or more: --truth A --truth B")
    folder = None if out is None else study.check_directory(out)
    dataset = _labels_of(Path(file), truths, donor_key, unassigned)
    table = compare(dataset, rng=rng)
    if folder is not None:
        call = {
            "truths": list(truths),
            "donor_key": donor_key,
            "unassigned": list(unassigned),
            "rng": rng if isinstance(rng, int) else None,
        }
        report.write_relations(dataset.truths, table, folder, source=dataset.source, call=call, world=dataset.world)
    return table


def _labels_of(file: Path, truths: Sequence[str], donor_key: str | None, unassigned: Sequence[str]) -> Dataset:
    """Read the labels of a file; its matrix is left alone."""
    if io.receptor_format(file) is not None:
        # copies of a receptor in a donor are one observation
        rows = receptor_dataset(file, truths=truths, unassigned=unassigned, donor_key=donor_key)
        return unique_receptors(rows)[0]
    if io.identify(file) == "table":
        return io.read(file, truths=with_words(truths, unassigned, {}), donor_key=donor_key)
    adata = io.read_adata(file)
    words = with_words(truths, unassigned, adata.uns)
    return io.from_anndata(adata, truths=words, donor_key=donor_key, with_expression=False, source=file.name)
