"""The realism table: how far candidates are from held-out people, property by property, and who is nearest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import RNGLike, child, root_entropy
from rashomon.sim.repertoire_realism.catalogue import PROPERTIES
from rashomon.sim.repertoire_realism.group import REAL, Candidate, Group, Wanted, prepare_groups
from rashomon.sim.repertoire_realism.interval import MIN_DONORS, distance_ratio
from rashomon.sim.repertoire_realism.neighbour import curve_sizes
from rashomon.sim.repertoire_realism.prepared import GenerationProbability
from rashomon.sim.repertoire_realism.record import Features
from rashomon.sim.repertoire_realism.repertoire import Repertoire

__all__ = ["PAIR_COLUMNS", "RANKING_COLUMNS", "TABLE_COLUMNS", "RepertoireComparison", "compare"]

TABLE_COLUMNS = {
    "candidate": "name of the candidate",
    "property": "name of the property, see PROPERTIES",
    "level": "what the property is taken of: receptor, clone, or donors",
    "distance": "name of the distance, see DISTANCES",
    "value": "mean distance to a held-out real repertoire; NaN where undefined",
    "reference": "mean of the same distance between two held-out real repertoires",
    "ratio": "value by reference, chance subtracted from both; 1: as far from a person as another person is",
    "low": "lower end of the 95 % interval of the ratio over people; NaN with fewer than 6",
    "high": "upper end of it",
    "rank": "rank of the value among the candidates that have one; 1 is nearest",
    "n": "receptors of each repertoire; reads where the level is clone",
    "n_donors": "held-out real repertoires",
    "status": "ok, or undefined",
    "reason": "why the value is undefined, or why there is no interval",
}
"""Columns of the table and what they mean."""

RANKING_COLUMNS = {
    "candidate": "name of the candidate",
    "mean_rank": "mean rank over the properties that are defined for all candidates, without auc; 1 is best",
    "wins": "properties among these in which it is nearest to people; ties count for each",
    "n_properties": "properties that are defined for all candidates",
    "n_within": "properties among these in which it is no farther from a person than another person is",
    "auc": "how well a classifier tells its receptors from those of people; compare with auc_reference",
    "auc_reference": "how well it tells two people apart",
    "auc_rank": "rank by it; 1 is best",
}
"""Columns of the ranking and what they mean."""

PAIR_COLUMNS = {
    "candidate": "name of the candidate, or real",
    "property": "name of the property",
    "donor": "real person",
    "other": "name of the candidate, or another real person",
    "value": "distance",
}
"""Columns of the distances and what they mean."""


@dataclass(frozen=True, eq=False)
class RepertoireComparison:
    """Candidates against the same held-out people.

    Parameters
    ----------
    ranking
        One row per candidate, best mean rank first, see `RANKING_COLUMNS`.
    table
        One row per candidate and property, see `TABLE_COLUMNS`.
    pairs
        Every distance of which the table has means, see `PAIR_COLUMNS`.
    curves
        Curves over the number of receptors: columns candidate (or real), property, donor, n, value.
    features
        What each repertoire has of each property, by property and by candidate (or real), for figures.
    """

    ranking: pd.DataFrame
    table: pd.DataFrame
    pairs: pd.DataFrame
    curves: pd.DataFrame
    features: Mapping[str, Mapping[str, Features]]


def compare(
    real: Sequence[Repertoire],
    candidates: Mapping[str, Candidate],
    *,
    n: int = 5_000,
    genes: Mapping[str, str] | None = None,
    log10_pgen: GenerationProbability | None = None,
    n_pgen: int = 200,
    rng: RNGLike = 0,
) -> RepertoireComparison:
    """Compare repertoires that candidates make with those of people whom no candidate has seen.

    Parameters
    ----------
    real
        Held-out repertoires of two or more people.
    candidates
        By name: a sampler, called as ``sampler(n, rng)`` once per real person; a repertoire; or one repertoire per real
        person in their order, as where a fold was fitted without that person.
    n
        Distinct receptors (junction, V, J) of each repertoire: the smallest one and this bound it.
    genes
        Names of genes under which others are counted, as where an assay cannot tell them apart, for all repertoires.
    log10_pgen
        Generation probability, see `GenerationProbability`; None: undefined in the table. It takes most of the time
        where it is exact.
    n_pgen
        Receptors of each repertoire for it.
    rng
        Draws receptors, reads and people, and is handed to samplers by name of the candidate.

    Returns
    -------
    The tables. Every distance is taken between repertoires of equal size, so that what finite samples add is the same
    in value and reference. Work grows with the square of the number of people, through the classifier.

    Raises
    ------
    UsageError
        With fewer than two people or 64 distinct receptors, no candidate, a candidate called ``real``, or a list of
        another length than `real`.

    Notes
    -----
    Candidates are compared in rank, property by property. Properties overlap (V and J are parts of pairs, clone sizes
    are three properties), so the mean rank is a summary, not a test.

    Examples
    --------
    >>> from rashomon.sim.repertoire_realism.shuffle import marginal_shuffle
    >>> draw = np.random.default_rng(0).integers
    >>> def made(n, rng):
    ...     inner = np.array(list("AGST"))[rng.integers(0, 4, (n, 8))]
    ...     return Repertoire(["C" + "".join(row) + "F" for row in inner], ["TRBV9"] * n, ["TRBJ1-1"] * n)
    >>> real = [made(90, np.random.default_rng(i)) for i in (1, 2)]
    >>> found = compare(real, {"law": made, "copy": real[0]}, n=70)
    >>> found.table.loc[found.table["property"] == "v", "value"].tolist()
    [0.0, 0.0]
    """
    root = root_entropy(rng)
    wanted = Wanted(n, genes or {}, log10_pgen, n_pgen, root)
    groups = prepare_groups(real, candidates, wanted=wanted)
    features = {name: _features(name, groups) for name in PROPERTIES}
    donors = _donor_names(real)
    gaps = {name: _between(name, found[REAL]) for name, found in features.items()}
    near = {(c, name): _to_real(name, found[c], found[REAL]) for name, found in features.items() for c in candidates}
    setting = groups[REAL].members[0].setting
    size = {"clone": setting.depth, "receptor": setting.n, "donors": setting.n}
    rows = []
    for (candidate, name), distances in near.items():
        reason = features[name][REAL].reason or features[name][candidate].reason
        rows.append(_row(candidate, name, distances, gaps[name], reason, root))
    table = pd.DataFrame(rows).assign(n_donors=len(real))
    table["n"] = table["level"].map(size)
    table["rank"] = table.groupby("property")["value"].rank(method="average")
    table["order"] = table["candidate"].map({name: at for at, name in enumerate(candidates)})
    table = table.sort_values("order", kind="stable", ignore_index=True)[list(TABLE_COLUMNS)]
    pairs = pd.DataFrame(_pairs(gaps, near, donors), columns=list(PAIR_COLUMNS))
    return RepertoireComparison(_ranking(table), table, pairs, _curves(features, donors, setting.n), features)


def _features(name: str, groups: Mapping[str, Group]) -> dict[str, Features]:
    record, real = PROPERTIES[name], groups[REAL].members
    return {
        kind: Features((), "one repertoire shares with nobody of its kind")
        if record.level == "donors" and group.alone
        else record.describe(group.members, real)
        for kind, group in groups.items()
    }


def _donor_names(real: Sequence[Repertoire]) -> list[str]:
    return [one.donor or f"donor {at}" for at, one in enumerate(real)]


def _between(name: str, real: Features) -> np.ndarray:
    """Return the distances between real repertoires; an empty matrix where the property is undefined."""
    n = len(real.values)
    found = np.zeros((n, n))
    for i, j in combinations(range(n), 2):
        found[i, j] = found[j, i] = PROPERTIES[name].between(real.values[i], real.values[j])
    return found


def _to_real(name: str, made: Features, real: Features) -> np.ndarray:
    """Return the distance of the repertoire that stands for each person to that person's."""
    if made.reason or real.reason:
        return np.empty(0)
    return np.array([PROPERTIES[name].between(a, b) for a, b in zip(made.values, real.values, strict=True)])


def _row(candidate: str, name: str, distances: np.ndarray, gaps: np.ndarray, reason: str, root: int) -> dict[str, Any]:
    record = PROPERTIES[name]
    row = {"candidate": candidate, "property": name, "level": record.level, "distance": record.distance}
    numbers = dict.fromkeys(("value", "reference", "ratio", "low", "high"), np.nan)
    if distances.size:
        # the same people are drawn for every candidate and property
        found = distance_ratio(distances, gaps, chance=record.chance, rng=child(root, "people"))
        numbers = vars(found)
        reason = "" if np.isfinite(found.value) else "no distance where one of the repertoires has nothing to compare"
        if not reason and not np.isfinite(found.ratio):
            reason = "no ratio: real repertoires do not differ"
        elif not reason and distances.size < MIN_DONORS:
            reason = f"no interval: fewer than {MIN_DONORS} people, see pairs"
    status = "ok" if np.isfinite(numbers["value"]) else "undefined"
    return row | numbers | {"status": status, "reason": reason}


def _pairs(
    gaps: Mapping[str, np.ndarray], near: Mapping[tuple[str, str], np.ndarray], donors: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    for name, matrix in gaps.items():
        for i, j in combinations(range(len(matrix)), 2):
            yield REAL, name, donors[i], donors[j], matrix[i, j]
    for (candidate, name), distances in near.items():
        for donor, value in zip(donors, distances, strict=False):
            yield candidate, name, donor, candidate, value


def _curves(features: Mapping[str, Mapping[str, Features]], donors: Sequence[str], n: int) -> pd.DataFrame:
    rows = [
        (kind, name, donor, size, value)
        for name, kinds in features.items()
        if PROPERTIES[name].curve
        for kind, found in kinds.items()
        for donor, values in zip(donors, found.values, strict=False)
        for size, value in zip(curve_sizes(n).tolist(), values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["candidate", "property", "donor", "n", "value"])


def _ranking(table: pd.DataFrame) -> pd.DataFrame:
    wide = {part: table.pivot_table(index="property", columns="candidate", values=part) for part in ("rank", "ratio")}
    names = list(dict.fromkeys(table["candidate"]))
    ranks = wide["rank"].reindex(columns=names).dropna()
    ranks = ranks.loc[[name for name in ranks.index if PROPERTIES[name].ranks]]
    ratios = wide["ratio"].reindex(index=ranks.index, columns=names)
    area = table[table["property"] == "auc"].set_index("candidate").reindex(names)
    ranking = pd.DataFrame(
        {
            "candidate": names,
            "mean_rank": ranks.mean().to_numpy(),
            "wins": ranks.eq(ranks.min(axis=1), axis=0).sum().to_numpy(),
            "n_properties": len(ranks),
            "n_within": (ratios <= 1).sum().to_numpy(),
            "auc": area["value"].to_numpy(),
            "auc_reference": area["reference"].to_numpy(),
            "auc_rank": area["rank"].to_numpy(),
        }
    )
    return ranking.sort_values("mean_rank", kind="stable", ignore_index=True)[list(RANKING_COLUMNS)]
