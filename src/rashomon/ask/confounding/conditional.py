"""Whether the clusters follow a column beyond another: estimated where the design allows it, bounded elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.confounding.identifiable import Identified, identified
from rashomon.ask.request import Request
from rashomon.core import first_few
from rashomon.dataset import Item, Truth
from rashomon.score import MIN_BLOCKS
from rashomon.score.receptor.conditional import ConditionalAgreement, conditional_agreement
from rashomon.score.receptor.permutation import combined_strata

__all__ = ["CONDITIONAL_COLUMNS", "NOTHING", "beyond", "conditional_table"]

CONDITIONAL_COLUMNS = {
    "follows": "the column A that the clusters may follow",
    "beyond": "the column B that is held fixed; empty: nothing is, and only chance is taken away",
    "back_door": "whether B is what the causal diagram says has to be held fixed for A",
    "status": "estimated, not identifiable (the design cannot tell A from B), or cannot tell",
    "design": "crossed, aliased, nested, no overlap or one class; empty where nothing is held fixed",
    "rank": "of the design matrix of A and B",
    "full_rank": "what the rank would be if A and B could be told apart everywhere",
    "overlap": "share of the pairs of a class of A and a class of B that occur",
    "value": "agreement with A within B: 0 by chance, 1 where cluster and B determine A; NaN unless estimated",
    "low": "lower end of its 95 % interval; NaN where there is none",
    "high": "upper end",
    "over": "what the interval is over",
    "p": "chance of as much agreement when A changes places within B, donors as units",
    "smallest_p": "the smallest p that so few donors, or permutations, can give",
    "bound_low": "where not identifiable: agreement with A if all of it were the work of B",
    "bound_high": "where not identifiable: agreement with A if none of it were, nothing held fixed",
    "n_items": "items compared",
    "donors": "donors of these items by name where they are too few for an interval",
    "reason": "why there is no value, or no interval",
}
"""Columns of the table of conditional agreement and what they mean."""

NOTHING = ""
"""Name of the strata in which nothing is held fixed."""

_FEWEST_P = 99
_PAIRS = {"quick": 10, "default": 25, "full": 50}


@dataclass(frozen=True, eq=False)
class _Units:
    """What is resampled: donors, or single items where no donor is known."""

    codes: np.ndarray
    names: tuple[str, ...]

    @property
    def are_donors(self) -> bool:
        return bool(self.names)


def conditional_table(
    request: Request,
    columns: Sequence[Truth],
    nuisances: Sequence[Truth],
    *,
    adjusted: Mapping[str, Sequence[Truth]] | None = None,
) -> pd.DataFrame:
    """Return how far the clusters follow each column beyond each nuisance, and the other way round.

    Parameters
    ----------
    request
        The judged labels; donors are units where they are declared.
    columns
        Label columns, the condition.
    nuisances
        Technical columns. Those of another kind (the V gene of a receptor) are held fixed, and not asked about.
    adjusted
        By name of a column, what its back-door set holds; a set of several is one more row, and of one a mark.

    Returns
    -------
    One row per pair and direction, and one per column with nothing held fixed; see `CONDITIONAL_COLUMNS`.
    """
    adjusted = adjusted or {}
    pairs: list[tuple[Truth, tuple[Truth, ...], bool]] = []
    for a in columns:
        held = tuple(adjusted.get(a.name, ()))
        one = held[0].name if len(held) == 1 else None
        pairs += [(a, (b,), b.name == one) for b in nuisances if b.name != a.name]
        if held and not any(marked for column, _, marked in pairs if column is a):
            pairs.append((a, held, True))
    technical = [b for b in nuisances if b.kind == "technical"]
    pairs += [(b, (a,), False) for b in technical for a in columns if a.name != b.name]
    rows = []
    marginal: dict[str, dict[str, Any]] = {}
    for a in {truth.name: truth for truth in (*columns, *technical)}.values():
        marginal[a.name] = beyond(request, a, ())
        rows.append(marginal[a.name])
    for a, held, marked in pairs:
        rows.append({**beyond(request, a, held, marginal=marginal[a.name]["value"]), "back_door": marked})
    return pd.DataFrame(rows, columns=list(CONDITIONAL_COLUMNS))


def beyond(request: Request, a: Truth, held: Sequence[Truth], *, marginal: float = np.nan) -> dict[str, Any]:
    """Return how far the clusters follow `a` within the classes of other columns.

    Parameters
    ----------
    request
        The judged labels and the donors.
    a
        The column.
    held
        Columns that are held fixed together; none: only chance is taken away.
    marginal
        Agreement with nothing held fixed: the upper bound where nothing can be estimated.

    Returns
    -------
    One row with `CONDITIONAL_COLUMNS`. Where the design cannot tell the columns apart there are bounds and no value:
    0, as if all agreement were due to what is held fixed, and `marginal`, as if none were.
    """
    name = " and ".join(truth.name for truth in held)
    strata, found = _design(a, held, name)
    row: dict[str, Any] = dict.fromkeys(CONDITIONAL_COLUMNS, np.nan)
    row |= {"follows": a.name, "beyond": name, "back_door": False, "donors": "", "over": "", "design": ""}
    units = _units(request, a)
    if found is not None:
        row |= {"design": found.design, "rank": found.rank, "full_rank": found.full_rank, "overlap": found.overlap}
        if not found.estimable:
            hidden = found.design != "one class"
            row |= {"bound_low": 0.0, "bound_high": np.maximum(marginal, 0.0)} if hidden else {}
            row |= {"status": "not identifiable" if hidden else "cannot tell"}
            return row | {"n_items": 0, "reason": found.reason}
        strata = np.where(found.rows, strata, -1).astype(np.int32)
    reason = _lone_donor(a.codes, strata, units, name)
    if reason:
        return row | {"status": "cannot tell", "n_items": 0, "reason": reason}
    said = conditional_agreement(
        request.judged.codes,
        a.compared,
        strata,
        blocks=units.codes,
        n_permutations=_FEWEST_P,
        n_pairs=_PAIRS[request.budget],
        rng=request.rng("conditional", a.name, name),
    )
    used = (strata >= 0) & (a.codes >= 0) & (request.judged.codes >= -1)
    return row | _numbers(said, request.dataset.item) | _donors(units, used)


def _design(a: Truth, held: Sequence[Truth], name: str) -> tuple[np.ndarray, Identified | None]:
    """Return the strata (-1 where a column is not known) and what they allow to say; None where nothing is held."""
    if not held:
        return np.zeros(a.codes.size, dtype=np.int32), None
    known = np.all([truth.codes >= 0 for truth in held], axis=0)
    strata = np.where(known, combined_strata(*(truth.codes for truth in held)), -1).astype(np.int32)
    return strata, identified(a.codes, strata, names=(a.name, name))


def _units(request: Request, a: Truth) -> _Units:
    donor = request.dataset.roles.donor
    # donors that are what is asked about cannot be the units of chance as well
    if donor is None or donor.name == a.name:
        return _Units(np.arange(request.dataset.n_obs, dtype=np.int32), ())
    return _Units(donor.codes, donor.categories)


def _lone_donor(a: np.ndarray, strata: np.ndarray, units: _Units, name: str) -> str:
    """Return why a column of donors cannot be compared within strata; empty where it can."""
    used = (a >= 0) & (strata >= 0) & (units.codes >= 0)
    if not units.are_donors or not used.any() or not name:
        return ""
    by_donor = pd.DataFrame({"a": a[used], "stratum": strata[used], "donor": units.codes[used]})
    if (by_donor.groupby("donor")["a"].nunique() > 1).any():
        return ""
    lone = int((by_donor.groupby("stratum")["donor"].nunique() < 2).sum())
    if not lone:
        return ""
    n = by_donor["stratum"].nunique()
    return f"every donor has one class, and {lone} of {n} classes of {name} hold one donor"


def _numbers(said: ConditionalAgreement, item: Item) -> dict[str, Any]:
    told = bool(np.isfinite(said.value))
    return {
        "status": "estimated" if told else "cannot tell",
        "value": said.value,
        "low": said.low,
        "high": said.high,
        "p": said.p,
        "smallest_p": said.smallest_p,
        "n_items": said.n_items,
        # the score speaks of receptors
        "reason": re.sub(r"\breceptor(s?)\b", rf"{item}\1", said.reason),
    }


def _donors(units: _Units, used: np.ndarray) -> dict[str, str]:
    if not units.are_donors:
        return {"donors": "", "over": "half-samples of single items, labels fixed"}
    present = np.unique(units.codes[used & (units.codes >= 0)])
    if present.size >= MIN_BLOCKS:
        return {"donors": "", "over": "half-samples of donors, labels fixed"}
    return {"donors": first_few((units.names[code] for code in present), n=MIN_BLOCKS), "over": ""}
