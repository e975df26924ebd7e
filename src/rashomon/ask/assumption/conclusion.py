"""What finished questions say of an assumption."""

from __future__ import annotations

from typing import Literal

import numpy as np

from rashomon.ask.assumption.probe import Tables, Told
from rashomon.ask.request import Request
from rashomon.ask.structure.word import STRUCTURE_VERDICTS
from rashomon.core import first_few

__all__ = ["ANSWERS", "depth_suffices", "groups_not_gradient"]

ANSWERS = "answers"
"""Table of the questions that are answered: ``question`` (key), ``status``, ``verdict``."""

_LESS = 0.1
"""Jaccard index by which half of the molecules may do worse than another seed (a convention)."""


def groups_not_gradient(request: Request, tables: Tables) -> Told:
    """Say that it holds where question 1 finds gaps, and is violated where it finds a closed gradient.

    Parameters
    ----------
    request, tables
        `ANSWERS`.
    """
    del request
    table = tables.get(ANSWERS)
    rows = None if table is None else table[(table["question"] == "structure") & (table["status"] != "not applicable")]
    if rows is None or rows.empty:
        return "untested", "question 1 was not asked"
    verdict = str(rows["verdict"].iloc[0])
    known: dict[str, Literal["holds", "violated"]] = {
        STRUCTURE_VERDICTS["groups"]: "holds",
        STRUCTURE_VERDICTS["closed gradient"]: "violated",
    }
    return known.get(verdict, "untested"), f"question 1 says: {verdict}"


def depth_suffices(request: Request, tables: Tables) -> Told:
    """Say that it holds where copies with half of the molecules give the same clusters as other seeds do.

    What more molecules would do is taken from what fewer do: where the first half of them decided everything, the next
    ones are not expected to decide much (Zhang, Ntranos and Tse 2020, for the allocation of reads). New clusters that
    only deeper counts show are not seen by this.

    Parameters
    ----------
    request, tables
        ``rungs``: the Jaccard index of each cluster over thinned copies, and over seeds.
    """
    table = tables.get("rungs")
    if table is None or table.empty or not (table["rung"] == "thinning").any():
        return "untested", "no copy with half of the molecules was clustered"
    mean = table.pivot_table(index="cluster", columns="rung", values="jaccard", sort=False)
    # without a seed the pipeline gives the same labels again
    lost = (mean.get("seed", 1.0) - mean["thinning"]).dropna()
    if lost.empty:
        return "untested", "no cluster was looked for in copies with half of the molecules"
    names = np.array(request.judged.categories, dtype=object)[lost.index.to_numpy(dtype=np.int64)]
    order = [place for place in np.argsort(-lost.to_numpy(), kind="stable") if lost.iloc[place] > _LESS]
    if order:
        said = first_few((f"{names[place]} ({lost.iloc[place]:.2f} less)" for place in order), n=3)
        return "violated", f"half of the molecules give other clusters (Jaccard beside another seed): {said}"
    said = f"half of the molecules lose at most {max(0.0, float(lost.max())):.2f} (Jaccard) beside another seed"
    return "holds", f"{said}; types that only deeper counts show are not seen by this"
