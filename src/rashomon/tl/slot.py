"""What an audit found, beside the user's data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rashomon import io
from rashomon.core.slots import NAMESPACE, column
from rashomon.study import Audit

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["CELL_COLUMNS", "LABELS", "write_slots"]

LABELS = "labels"

CELL_COLUMNS = (
    "stability", "verdict", "recommended", "conservative", "co_assignment", "co_assignment_low", "co_assignment_high",
    "membership_entropy", "label_set",
)  # fmt: skip
"""Columns of an audit that an AnnData gains, as far as the audit has them, beside our own labels."""


def write_slots(adata: AnnData, found: Audit, *, rows: np.ndarray, key_added: str) -> None:
    """Write stability, verdict and our own labels into new columns of `adata`, and the facts into ``uns``.

    Parameters
    ----------
    adata
        The user's data; changed.
    found
        The audit of some or all of its cells.
    rows
        Which cells were audited, shape ``(n_obs,)``; the others get missing values.
    key_added
        Prefix of the columns.
    """
    places = pd.Index(np.flatnonzero(rows))
    cells = found.cells.set_axis(places, axis="index").reindex(np.arange(rows.size))
    columns = {
        name: pd.Categorical(cells[name].replace("", None)) if cells[name].dtype == object else cells[name].to_numpy()
        for name in CELL_COLUMNS
        if name in cells
    }
    if not found.judged.own:
        columns[LABELS] = pd.Categorical(cells["label"].replace("", None), found.judged.categories)
    facts = {
        "spec": dict(found.spec),
        "environment": dict(found.environment),
        "answers": {name: str(answer) for name, answer in found.answers.items()},
    }
    slim = adata[:, :0].copy()
    frame = pd.DataFrame(columns, index=slim.obs_names)
    annotated = io.annotate(slim, frame, uns=facts, key_added=key_added)
    for name in columns:
        target = column(name, key_added=key_added)
        # from the frame, because a table of results has lost its categories; by place, because names may be numbers
        adata.obs[target] = frame[name].array
    adata.uns[NAMESPACE] = annotated.uns[NAMESPACE]
