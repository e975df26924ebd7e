"""Every AnnData slot that is read or written by name, once."""

from __future__ import annotations

__all__ = ["AIRR", "EXPRESSION", "NAMESPACE", "RESERVED_LABELS", "column"]

NAMESPACE = "rashomon"
"""``uns`` key under which everything of ours lies, and the default prefix of our ``obs`` columns."""

AIRR = "airr"
"""MuData modality that holds receptors, and key of ``obsm`` under which scirpy keeps them."""

EXPRESSION = "gex"
"""MuData modality that holds expression."""

RESERVED_LABELS = frozenset({"unknown", "doublets", "junk"})
"""Words in a label column that mean "not a type" (Cell Annotation Platform schema 1.0); read as unassigned."""


def column(name: str, *, key_added: str = NAMESPACE) -> str:
    """Return the ``obs`` column for a result.

    Examples
    --------
    >>> column("stability")
    'rashomon_stability'
    """
    return f"{key_added}_{name}"
