"""The answer to question 7 in words."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from rashomon.ask.answer import Answer, Assumption, Status

__all__ = ["FOLD", "MARKERS", "Smallest", "cannot_tell", "power_answer", "receptor_answer"]

MARKERS, FOLD = 20, 4.0
"""The group that the main sentence is about: so many genes, at so many times their level in other cells."""


@dataclass(frozen=True)
class Smallest:
    """The smallest group that would have been found.

    Parameters
    ----------
    share
        Its share of the cells; infinity where not even half of them would be.
    n_cells
        Cells in all.
    simulated
        Whether look-alikes were drawn.
    why_not
        Why they were not, if they were not.
    """

    share: float
    n_cells: int
    simulated: bool
    why_not: str = ""


def power_answer(table: pd.DataFrame, smallest: Smallest, assumptions: tuple[Assumption, ...]) -> Answer:
    """Return the answer for cells.

    Parameters
    ----------
    table
        One row per judged cluster, with ``name`` and ``says``.
    smallest
        The smallest group that would have been found.
    assumptions
        What it rests on.
    """
    says = table["says"].astype(str)
    enough, unknown = says.isin(["enough", "probably enough"]), says == "cannot tell"
    lacking = table[~enough & ~unknown]
    status: Status = "mixed" if unknown.any() else "answered"
    verdict = f"enough for {int(enough.sum())} of {len(table)} clusters{_lacking(lacking)}"
    if unknown.all():
        status, verdict = "cannot tell", "cannot tell for any cluster"
    elif unknown.any():
        verdict += f"; {int(unknown.sum())} cannot be told"
    return Answer(
        "power",
        status,
        verdict,
        f"{_smallest(smallest)} {_source(smallest)}{_donors(table)}",
        next_step=_next(lacking, smallest),
        estimate=smallest.share if math.isfinite(smallest.share) else None,
        estimate_of=f"smallest share of the cells that a group of {MARKERS} genes at {FOLD:g} times can have and still "
        "be found in 80 % of repeats",
        table=table,
        assumptions=assumptions,
    )


def _lacking(lacking: pd.DataFrame) -> str:
    if lacking.empty:
        return ""
    first = lacking.iloc[0]
    more = f"; {len(lacking) - 1} more are short, too" if len(lacking) > 1 else ""
    says = str(first["says"]).partition(" (95 %")[0].partition(", or")[0]
    return f"; {first['name']}: {says}{more}"


def _smallest(smallest: Smallest) -> str:
    group = f"{MARKERS} genes that are {FOLD:g} times as high"
    if not math.isfinite(smallest.share):
        return f"In these {smallest.n_cells:,} cells no group with {group} would be found with 80 % power."
    cells = max(round(smallest.share * smallest.n_cells), 1)
    return (
        f"The smallest group with {group} that would be found in these {smallest.n_cells:,} cells with 80 % power has "
        f"{100 * smallest.share:.2g} % of them ({cells:,} cells)."
    )


def _source(smallest: Smallest) -> str:
    if smallest.simulated:
        return "What is said of each cluster comes from draws of a simulated look-alike, clustered as your data were."
    return (
        "What is said of each cluster comes from closed forms: good to about a factor of 2 in simulated groups, and "
        "too hopeful for large clusters among several."
    )


def _donors(table: pd.DataFrame) -> str:
    """Return how many clusters need more donors, and the one that needs most; empty without donors."""
    if "donors_say" not in table:
        return ""
    short = table[table["donors_say"].astype(str).str.startswith("needs")]
    if short.empty:
        return ""
    worst = short.sort_values("donors_needed", ascending=False, kind="stable").iloc[0]
    said = f"{worst['name']} {worst['donors_say']}"
    return f" For a claim about people {len(short)} of {len(table)} need more donors: {said}."


def _next(lacking: pd.DataFrame, smallest: Smallest) -> str:
    if not smallest.simulated and smallest.why_not:
        return f"{smallest.why_not[:1].upper()}{smallest.why_not[1:]}."
    if lacking.empty:
        return "More cells would show smaller groups than these; see the table of smallest groups."
    return "Before more is sequenced, see in the table whether cells or depth are short."


def cannot_tell(reason: str, step: str) -> Answer:
    """Return the answer where nothing can be computed.

    Parameters
    ----------
    reason
        Why, as half a sentence.
    step
        What to give instead.
    """
    text = f"What could have been found depends on counts, and {reason}. So neither limits nor look-alikes exist."
    return Answer("power", "cannot tell", f"cannot tell: {reason}", text, next_step=step)


def receptor_answer(clones: pd.DataFrame, *, n: int) -> Answer:
    """Return the answer for receptors.

    Parameters
    ----------
    clones
        From `rashomon.ask.power.donor.clone_power`.
    n
        Receptors.
    """
    seen = 1 - 0.05 ** (1 / n) if n else math.nan
    motif = _three_members(n)
    if not n:
        return cannot_tell("there are no receptors", "Give receptors.")
    return Answer(
        "power",
        "answered",
        f"enough for clones above {100 * seen:.2g} % of the repertoire",
        f"With {n:,} receptors a clone or motif below {100 * seen:.2g} % of the repertoire is missed in more than 5 % "
        f"of samples. A motif needs about {100 * motif:.2g} % to have three members here with 80 % power.",
        next_step="Whether members of a motif are neighbours depends on the cutoff: see the retention of the clusters.",
        estimate=seen,
        estimate_of="smallest frequency of a clone that is seen with 95 %",
        table=clones,
        assumptions=(Assumption("receptors are drawn independently of each other", "untested"),),
    )


def _three_members(n: int) -> float:
    """Return the frequency at which a motif has three members with 80 %; NaN where there are too few receptors."""
    from scipy.optimize import brentq
    from scipy.stats import binom

    if n < 3:
        return math.nan
    return float(brentq(lambda f: binom.sf(2, n, f) - 0.8, 1e-12, 1.0))
