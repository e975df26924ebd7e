"""Names of the classes that a world of receptors has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["INVARIANT", "LINEAGES", "STATUSES", "receptor_names"]

LINEAGES = ("CD4", "CD8")
STATUSES = ("healthy", "ill")
INVARIANT = ("none", "MAIT", "iNKT")


def receptor_names(knobs: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the names of epitopes, lineages, statuses and invariant cells of a world with `knobs`.

    Examples
    --------
    >>> receptor_names({"n_epitopes": 2})["epitope"]
    ('epitope_1', 'epitope_2')
    """
    return {
        "epitope": tuple(f"epitope_{number + 1}" for number in range(knobs["n_epitopes"])),
        "lineage": LINEAGES,
        "status": STATUSES,
        "invariant": INVARIANT,
    }
