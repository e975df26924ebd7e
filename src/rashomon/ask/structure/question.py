"""Question 1: are there groups at all, or would one population look the same; and which clusters to merge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.answer import Answer
from rashomon.ask.question import Answered, Finished
from rashomon.ask.receptor.structure import conclude_receptors, plan_receptors
from rashomon.ask.request import Request
from rashomon.ask.structure.word import STRUCTURE_VERDICTS, verdict_of, with_words
from rashomon.engine import Call
from rashomon.multiverse import Unit
from rashomon.structure.judged_tree import JudgedTree
from rashomon.structure.significance import (
    LABELLING_COLUMNS,
    NODE_COLUMNS,
    PAIR_COLUMNS,
    Significance,
    significance_of,
)
from rashomon.structure.step import root_step, tree_step, unpack_root, unpack_tree

__all__ = ["STRUCTURE_VERDICTS", "conclude", "plan", "slots"]

_ROLES = ("batch", "donor")
_TYPES = "types"


def slots(request: Request) -> dict[str, Any]:
    """Return the slot ``types``: the codes of the judged clusters; and the counts where all else starts from a view."""
    expression = request.dataset.expression
    counts = {} if expression is None or request.use_rep is None or _why_not(request) else {"x": expression.x}
    return {_TYPES: request.judged.codes, **counts}


def _why_not(request: Request) -> str:
    """Return why there are no counts to test, whatever the user's analysis starts from; empty where there are."""
    return replace(request, use_rep=None).why_no_counts


def plan(request: Request) -> list[Unit]:
    """Return the test of all cells, and that of every split of the judged clusters; nothing without raw counts.

    Where the user's analysis starts from an embedding, the counts that come with it are tested all the same.
    Receptors are compared with generated ones, see `rashomon.ask.receptor.structure`.
    """
    if request.dataset.item == "receptor":
        return plan_receptors(request)
    if _why_not(request):
        return []
    given = {name: truth.codes for name, truth in request.dataset.roles if name in _ROLES}
    roles = [name for name in _ROLES if name in given and np.unique(given[name]).size > 1]
    units = [Unit((Call(root_step(roles), {}),), ("root",), {"part": "root"})]
    if not request.lone:
        units.append(Unit((Call(tree_step(roles, _TYPES), {}),), ("tree",), {"part": "tree"}))
    return units


def conclude(request: Request, finished: Sequence[Finished]) -> Answered:
    """Return whether there are groups, and which of the judged clusters to merge, from the finished units of `plan`."""
    if request.dataset.item == "receptor":
        return conclude_receptors(request, finished)
    if _why_not(request):
        text = f"{_sentence(_why_not(request))} Only counts tell noise from structure, so no cluster can be tested."
        return _without(Answer("structure", "cannot tell", "cannot tell", text, next_step="Give raw counts."))
    records = {str(entry.unit.facts["part"]): entry.record for entry in finished}
    failed = next((record.reason for record in records.values() if record.status != "ok"), "")
    if failed or "root" not in records:
        text = f"{_sentence(failed or 'the test was not run')} So nothing can be said."
        return _without(Answer("structure", "cannot tell", "cannot tell", text, next_step="See the reason."))
    root = unpack_root(records["root"].slots["root"])
    tree = unpack_tree(records["tree"].slots["tree"]) if "tree" in records else JudgedTree((), (), (), (), 0, 0)
    found = significance_of(root, tree, request.judged.codes, names=request.judged.categories)
    answer = with_words(request, found, tree, verdict_of(root, found))
    tables = {"nodes": found.nodes, "pairs": found.pairs, "labellings": found.labellings}
    return Answered(answer, tables, _cells(request, found))


def _cells(request: Request, found: Significance) -> dict[str, np.ndarray]:
    """Return the merged name of each cell; empty where it is in no cluster."""
    codes = request.judged.codes
    names = found.labellings.set_index("cluster")
    cells = {}
    for labelling in ("recommended", "conservative"):
        merged = names[labelling].reindex(list(request.judged.categories)).fillna("").to_numpy(dtype=object)
        known = merged[np.maximum(codes, 0)] if merged.size else np.full(codes.size, "", dtype=object)
        cells[labelling] = np.where(codes >= 0, known, "").astype(object)
    return cells


def _without(answer: Answer) -> Answered:
    empty = {"nodes": NODE_COLUMNS, "pairs": PAIR_COLUMNS, "labellings": LABELLING_COLUMNS}
    return Answered(answer, {name: pd.DataFrame(columns=list(columns)) for name, columns in empty.items()})


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
