"""What question 1 says, in a biologist's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from rashomon.ask.answer import Answer, Assumption, Status
from rashomon.ask.request import Request
from rashomon.core import first_few
from rashomon.structure.judged_tree import JudgedTree
from rashomon.structure.node import NodeTest
from rashomon.structure.significance import Significance
from rashomon.structure.split_word import p_words

__all__ = ["STRUCTURE_VERDICTS", "verdict_of", "with_words"]

STRUCTURE_VERDICTS: Mapping[str, str] = {
    "no": "no",
    "cannot tell": "cannot tell",
    "closed gradient": "mixed (closed gradient)",
    "groups": "yes (groups)",
}
"""The verdicts of question 1, by those of `rashomon.structure`."""

_STATUS: Mapping[str, Status] = {
    "no": "answered",
    "cannot tell": "cannot tell",
    "closed gradient": "mixed",
    "groups": "answered",
}

_BUT = "Doublets, one bad sample or a programme that is on or off make gaps too"

_NEXT: Mapping[str, str] = {
    "no": "Do not interpret these clusters; more counts per cell or more cells may show groups.",
    "cannot tell": "Report a gradient or overlapping states rather than types; use the merged labels.",
    "closed gradient": "Order the cells along the loop (the cell cycle, for example) instead of cutting it.",
    "groups": f"{_BUT}: see whether the groups come back (question 2), and whether donors, batches or depth "
    "explain them (question 5).",
}


def verdict_of(root: NodeTest, found: Significance) -> str:
    """Return the verdict on all cells: that of the test without labels, or of a gap between clusters it overlooked.

    A gap that sets a rare cluster apart is seen by the test that knows where to look. It counts only where there is
    structure at all, and no closed gradient.

    Parameters
    ----------
    root
        The test of all cells.
    found
        The tests of the clusters.
    """
    tested = pd.concat([found.nodes["verdict"], found.pairs["verdict"]])
    looked = root.verdict == "cannot tell" and np.isfinite(root.p_structure)
    return "groups" if looked and (tested == "separated").any() else root.verdict


def with_words(request: Request, found: Significance, tree: JudgedTree, verdict: str) -> Answer:
    """Return the answer.

    Parameters
    ----------
    request
        What is asked about.
    found, tree
        The tests.
    verdict
        From `verdict_of`.
    """
    root = found.root
    meaning = _meaning(root, verdict)
    population = request.population
    # without draws there is nothing to compare with
    reference = f" {population.sentence}" if population is not None and not population.reason else ""
    part = f" A random {root.n:,} of {request.dataset.n_obs:,} cells were tested." if _partly(request, root) else ""
    return Answer(
        "structure",
        _STATUS[verdict],
        STRUCTURE_VERDICTS[verdict],
        f"{meaning} {_labels(request, found, tree)}{reference}{part}{_instead(request)}",
        evidence=_evidence(root, verdict),
        next_step=_NEXT[verdict],
        table=found.nodes,
        assumptions=_assumptions(request, verdict),
    )


def _instead(request: Request) -> str:
    """Say that counts were judged where the labels come from an embedding."""
    expression = request.dataset.expression
    if request.use_rep is None or expression is None:
        return ""
    return f" This is about the counts in {expression.slot}, not about the embedding {request.use_rep!r}."


def _partly(request: Request, root: NodeTest) -> bool:
    return root.n < request.dataset.n_obs


def _meaning(root: NodeTest, verdict: str) -> str:
    """Return the first sentence; the test's own detail names what would have been found."""
    if verdict == "groups":
        where = "" if root.verdict == "groups" else ", though only the labels show where to look"
        return f"Cells between the groups are rarer than in any single-peaked population we can fit{where}."
    detail = root.detail.rstrip(".")
    return f"{detail[:1].upper()}{detail[1:]}."


def _labels(request: Request, found: Significance, tree: JudgedTree) -> str:
    if not tree.clusters:
        return request.lone or "There are no clusters to compare."
    if len(tree.clusters) == 1:
        return "There is one cluster, and nothing to merge."
    kept = {name: found.labellings[name].unique().tolist() for name in ("recommended", "conservative")}
    n = {name: len(groups) for name, groups in kept.items()}
    merged = [name for name in kept["recommended"] if " + " in name]
    said = f": {first_few(merged)} merged" if merged else ""
    return (
        f"Of {len(tree.clusters)} clusters of {request.judged.name}, {n['recommended']} remain in the recommended "
        f"labelling{said}, and {n['conservative']} in the conservative one, which keeps only proven gaps."
    )


def _evidence(root: NodeTest, verdict: str) -> str:
    if verdict == "no":
        return f"{p_words(root.p_structure)} for structure, {root.n:,} cells"
    if np.isnan(root.p_groups):
        return f"{root.n:,} cells"
    hint = "; suggestive of groups" if root.suggestive and verdict == "cannot tell" else ""
    return f"{p_words(root.p_groups)} for one peak, {root.n:,} cells{hint}"


def _assumptions(request: Request, verdict: str) -> tuple[Assumption, ...]:
    known: Mapping[str, Literal["holds", "violated"]] = {"groups": "holds", "closed gradient": "violated"}
    within = [name for name, _ in request.dataset.roles if name in {"batch", "donor"}]
    said = f"residuals are centred in each {' and '.join(within)}" if within else "no batch or donor is declared"
    view = Assumption("the embedding shows the groups of the counts", "untested", _instead(request).strip())
    return (
        *((view,) if request.use_rep is not None else ()),
        Assumption("groups, not a gradient", known.get(verdict, "untested"), STRUCTURE_VERDICTS[verdict]),
        Assumption("gaps are not those between batches or donors", "holds" if within else "untested", said),
        Assumption("labels may be made from the same counts", "holds", "directions are learnt on other cells"),
    )
