"""What an audit of receptors found, beside the cells that carry them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from rashomon.core.slots import AIRR
from rashomon.study import Audit
from rashomon.tl.fact import facts_of
from rashomon.tl.slot import LABELS, check_free, write_results

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["RECEPTORS", "receptor_slots", "write_receptor_slots"]

RECEPTORS = "rashomon_receptor"
"""Prefix of the columns: an audit of the expression of the same cells has another."""

_COLUMNS = {"label": LABELS, "stability": "stability", "verdict": "verdict"}
"""Columns of the table of rows, and their names in ``obs``."""

_PER_ROW = ("row_labels", "cell_rungs")
"""Tables with a row per cell, or receptor."""


def receptor_slots(data: Any, *, key_added: str) -> AnnData | None:
    """Return the AnnData that will gain columns, or None: tables and files are not written to.

    Parameters
    ----------
    data
        As in `rashomon.tl.audit_receptors`.
    key_added
        Prefix of the columns.

    Raises
    ------
    UsageError
        ``output.clash`` when a column exists that was not written here.
    """
    modalities = getattr(data, "mod", None)
    cells = modalities.get(AIRR) if isinstance(modalities, Mapping) else data
    if not (hasattr(cells, "obs") and hasattr(cells, "obsm") and hasattr(cells, "uns")):
        return None
    check_free(cells, tuple(_COLUMNS.values()), tool="audit_receptors", key_added=key_added)
    found: AnnData = cells
    return found


def write_receptor_slots(adata: AnnData, found: Audit, rows: pd.DataFrame, *, key_added: str) -> None:
    """Write cluster, stability and verdict of the receptor of each cell into `adata`, and the tables into ``uns``.

    Parameters
    ----------
    adata
        The cells; changed.
    found
        The audit of their receptors.
    rows
        One row per cell that was read, as the table ``row_labels``.
    key_added
        Prefix of the columns, and key of the facts.
    """
    cells = rows.set_index("row").reindex(adata.obs_names.astype(str))
    columns = {
        name: pd.Categorical(cells[source].replace("", None)) if cells[source].dtype == object else cells[source].array
        for source, name in _COLUMNS.items()
        if source in cells
    }
    tables = {name: table for name, table in found.tables.items() if name not in _PER_ROW}
    facts = {
        "spec": dict(found.spec),
        "environment": dict(found.environment),
        **facts_of("audit_receptors", found.judged.name, answers=found.answers, tables=tables),
    }
    write_results(adata, columns, facts, key_added=key_added)
