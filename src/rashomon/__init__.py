"""Which of your clusters survive every defensible analysis, and under which definition of truth.

Examples
--------
>>> import rashomon as rs
>>> adata = rs.datasets.load("pbmc68k_reduced")
>>> parts = rs.Partitions.from_obs(adata, ["louvain"])
>>> truth = rs.Truth.from_series(adata.obs["bulk_labels"], kind="annotation")
>>> table = rs.score.agreement(parts, truth, scores=("ami",))
>>> round(float(table["value"].iloc[0]), 2)
0.6
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rashomon import datasets, get, io, pl, pp, report, score, sim, tl, truth
    from rashomon.dataset import Dataset, Truth
    from rashomon.partitions import Partitions
    from rashomon.tl import audit

__all__ = [
    "Dataset", "Partitions", "Truth",
    "audit", "datasets", "get", "io", "pl", "pp", "report", "score", "sim", "tl", "truth",
]  # fmt: skip

_HOMES = {
    "Dataset": "rashomon.dataset",
    "Truth": "rashomon.dataset",
    "Partitions": "rashomon.partitions",
    "audit": "rashomon.tl",
}


_ON_ANNDATA = {"audit", "datasets", "get", "io", "pp", "tl"}
"""Names with which the accessor `adata.rashomon` is registered; `import rashomon.accessor` does it in any case."""


def __getattr__(name: str) -> Any:
    """Import a name of the face when it is first used, so that ``rashomon --help`` stays instant."""
    if name not in __all__:
        raise AttributeError(f"module 'rashomon' has no attribute {name!r}")
    if name in _ON_ANNDATA:
        import_module("rashomon.accessor")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    return import_module(f"rashomon.{name}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


if "anndata" in sys.modules:
    import_module("rashomon.accessor")
