"""Label columns that known tools and archives write, and what they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rashomon.core.labels import MISSING, UNASSIGNED, encode_labels
from rashomon.core.slots import RESERVED_LABELS

__all__ = ["CONVENTIONS", "Convention", "label_sets"]


@dataclass(frozen=True)
class Convention:
    """How a tool names its columns.

    Parameters
    ----------
    tool
        Who writes them.
    pattern
        Regular expression for the whole name.
    use
        ``labels``: a clustering, to be judged; ``truths``: an annotation that clusters may follow.
    declared
        What follows the name of the column where it is declared: kind and origin.
    """

    tool: str
    pattern: str
    use: Literal["labels", "truths"]
    declared: str


CONVENTIONS = (
    Convention("scanpy", r"(leiden|louvain)(_.+)?", "labels", "annotation:expression"),
    Convention("Seurat", r"seurat_clusters|.+_snn_res\.[0-9.]+", "labels", "annotation:expression"),
    Convention("scirpy", r"clone_id|(airr:)?(cc|ir_cluster)_(aa|nt)_\w+|airr:clone_id", "labels", "receptor:sequence"),
    Convention("CellTypist", r"over_clustering", "labels", "annotation:expression"),
    Convention("CellTypist", r"predicted_labels|majority_voting", "truths", "annotation:expression"),
    Convention("Azimuth", r"predicted\.(?!.*score).+", "truths", "annotation:expression"),
    Convention("SingleR", r"(SingleR\.|singler_)?(pruned\.)?labels", "truths", "annotation:expression"),
    Convention("CELLxGENE", r"cell_type", "truths", "annotation"),
    Convention("CELLxGENE, author", r"author_(cell|cluster).*", "truths", "annotation"),
)
"""The first that fits is taken. Columns of sizes and scores beside labels are none themselves."""

_NOT_LABELS = re.compile(r".*(_size|_score|_multi_chain|_term_id)$")
_CAP = "--"


def label_sets(obs: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of `obs` that are labels by the conventions of scanpy, Seurat, scirpy, CellTypist, CAP etc.

    Parameters
    ----------
    obs
        ``adata.obs``.

    Returns
    -------
    One row per column: ``column``, ``convention``, ``use`` (``labels`` for a clustering to judge, ``truths`` for an
    annotation), ``declare`` (how to write it in ``truths=``), ``n_classes``, ``n_missing``, ``n_unassigned`` (words
    such as ``unknown``), and ``beside``: columns that describe its classes, such as ``cell_type_ontology_term_id`` of
    CELLxGENE and ``celltype--cell_fullname`` of the Cell Annotation Platform, and add nothing to compare.

    Examples
    --------
    >>> obs = pd.DataFrame({"leiden": ["0", "1"], "fine": ["T", "B"], "fine--cell_fullname": ["T cell", "B cell"]})
    >>> label_sets(obs)[["column", "convention", "use"]].to_numpy().tolist()
    [['leiden', 'scanpy', 'labels'], ['fine', 'CAP', 'truths']]
    """
    names = [str(name) for name in obs.columns]
    rows = []
    for place, name in enumerate(names):
        beside = [other for other in names if other != name and _beside(other, name)]
        convention = _convention(name, beside)
        if convention is None:
            continue
        codes, categories = encode_labels(obs.iloc[:, place], unassigned=RESERVED_LABELS)
        rows.append(
            {
                "column": name,
                "convention": convention.tool,
                "use": convention.use,
                "declare": f"{name}={convention.declared}",
                "n_classes": len(categories),
                "n_missing": int((codes == MISSING).sum()),
                "n_unassigned": int((codes == UNASSIGNED).sum()),
                "beside": beside,
            }
        )
    columns = ["column", "convention", "use", "declare", "n_classes", "n_missing", "n_unassigned", "beside"]
    return pd.DataFrame(rows, columns=columns)


def _beside(other: str, name: str) -> bool:
    return other.startswith(f"{name}{_CAP}") or other == f"{name}_ontology_term_id"


def _convention(name: str, beside: list[str]) -> Convention | None:
    if _CAP in name or _NOT_LABELS.fullmatch(name):
        return None
    fitting = [each for each in CONVENTIONS if re.fullmatch(each.pattern, name)]
    if any(_CAP in other for other in beside):
        kind = fitting[0] if fitting else Convention("", "", "truths", "annotation")
        return Convention("CAP", name, kind.use, kind.declared)
    return fitting[0] if fitting else None
