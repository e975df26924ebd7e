"""How two truths relate: whether one determines the other, which items decide between them, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import RNGLike, UsageError, child, root_entropy
from rashomon.dataset import Truth, nesting
from rashomon.score import MIN_BLOCKS, half_splits, interval_around, score, tabulate
from rashomon.score.conditional_entropy import (
    SharedInformation,
    permuted_information,
    shared_information,
    swap_error,
)
from rashomon.score.split import count_units
from rashomon.truth.deciding import deciding

__all__ = ["RELATIONS", "RELATION_COLUMNS", "TAU", "relate", "relations"]

TAU = 0.2
"""Share of a truth's entropy, relative to chance, below which the other truth determines it (a convention)."""

RELATIONS = {
    "same": "each truth determines the other",
    "refines": "the first truth determines the second, and says more",
    "coarsens": "the second truth determines the first, and says more",
    "independent": "they share less than 2 % of their information, and more can be ruled out",
    "overlaps": "they share information, and neither determines the other",
    "cannot tell": "the items do not decide; the reason says why",
}
"""The words for how two truths relate, and what each means."""

RELATION_COLUMNS = {
    "truth_a": "name of the first truth",
    "truth_b": "name of the second truth",
    "relation": "how the first relates to the second: " + ", ".join(RELATIONS),
    "reason": "why it cannot be told",
    "n_common": "items that carry a class in both",
    "n_classes_a": "classes of the first truth among these items",
    "n_classes_b": "classes of the second truth among these items",
    "a_given_b": "what the second leaves open about the first, as a share of what chance leaves open: 0 nothing, 1 all",
    "a_given_b_low": "lower end of its 97.5 % interval",
    "a_given_b_high": "upper end",
    "b_given_a": "what the first leaves open about the second, likewise",
    "b_given_a_low": "lower end of its 97.5 % interval",
    "b_given_a_high": "upper end",
    "swaps_a": "share of swapped labels of the first truth at which what is left open reaches the line of 0.2",
    "swaps_b": "the same for the second truth",
    "ami": "adjusted mutual information, 0 for independent labels, 1 for equal ones",
    "ami_low": "lower end of its 95 % interval",
    "ami_high": "upper end",
    "ari": "adjusted Rand index, 0 for independent labels, 1 for equal ones",
    "over": "what the intervals are over",
    "nesting": "how the classes lie in each other, without tolerance: same, nested, contains, crossed or none",
    "n_deciding": "items for which the two truths name groups that share less than half of their members",
    "deciding": "the group of these items that carries most of the disagreement, as 'class of a / class of b'",
    "circular": "which of the two was made from the expression matrix and so confirms nothing about clusters of it",
    "shared_origin": "data that both were made from: their agreement is no independent evidence",
    "derivation": "whether one was made from the other, or both from one column, by a rule",
}
"""Columns of the table of relations and what they mean."""

_INDEPENDENT = 0.02
_TOO_FINE = 0.2
_N_PAIRS = 100
_N_PERMUTATIONS = 100
_N_PERMUTATIONS_HALF = 2
"""One permutation already has a small error, and the half-samples average over 200 of them."""


@dataclass(frozen=True, eq=False)
class _Common:
    """Codes of the items that carry a class in both truths, with their donors and strata (None where not declared)."""

    a: np.ndarray
    b: np.ndarray
    donors: np.ndarray | None
    strata: np.ndarray | None

    def at(self, kept: np.ndarray, *, n: int, rng: np.random.Generator) -> SharedInformation:
        """Return what the truths share on some of the items."""
        a, b = self.a[kept], self.b[kept]
        expected = None
        if self.strata is not None:
            expected = permuted_information(a, b, strata=self.strata[kept], n=n, rng=rng)
        return shared_information(tabulate(a, b), expected=expected)


def relate(
    a: Truth,
    b: Truth,
    *,
    donors: np.ndarray | None = None,
    strata: np.ndarray | None = None,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Return how two truths relate on the items that carry a class in both.

    Parameters
    ----------
    a, b
        Truths of the same items.
    donors
        Codes of donors, shape ``(n_obs,)``. Intervals are over half-samples of donors where at least six of them have
        common items, else over half-samples of items.
    strata
        Codes, shape ``(n_obs,)``: chance is then what permutations within strata give; else the exact mean over
        permutations of all items.
    rng
        Source of the half-samples.

    Returns
    -------
    One row of the table of relations, see `RELATION_COLUMNS`. What is undefined (no common items, one class) is NaN.

    Raises
    ------
    UsageError
        When the truths have different numbers of items.

    Notes
    -----
    ``a_given_b`` is ``H(a|b) / E[H(a|b permuted)]``. In this order: *cannot tell* when chance leaves less than 0.2 of
    an entropy open (too many labels for the items), or an interval straddles `TAU`; *same*, *refines*, *coarsens* when
    both or one lie below it; *independent* when the upper end of the interval of the AMI is below 0.02; *cannot tell*
    when the AMI could be 0; else *overlaps*. The two intervals are simultaneous: 97.5 % each.

    Examples
    --------
    >>> fine = Truth("fine", "annotation", np.tile([0, 1, 2], 40), ("a1", "a2", "b"))
    >>> coarse = Truth("coarse", "annotation", np.tile([0, 0, 1], 40), ("a", "b"))
    >>> row = relate(fine, coarse, rng=np.random.default_rng(0))
    >>> row["relation"], row["nesting"], row["b_given_a"], round(row["a_given_b"], 2), round(row["swaps_b"], 3)
    ('refines', 'nested', 0.0, 0.42, 0.03)
    """
    if a.codes.size != b.codes.size:
        raise UsageError(
            f"truths {a.name!r} and {b.name!r} have {a.codes.size} and {b.codes.size} items",
            where="relate",
            expected="truths of the same items",
        )
    kept = (a.codes >= 0) & (b.codes >= 0)
    common = _Common(*(None if codes is None else codes[kept] for codes in (a.codes, b.codes, donors, strata)))  # type: ignore[arg-type]
    groups = deciding(a, b)
    split = groups[groups["agreement"] < 0.5]
    sizes_a, sizes_b = (np.bincount(codes) if codes.size else np.zeros(0, np.int64) for codes in (common.a, common.b))
    found = _intervals(common, rng)
    relation, reason = _word(found, common)
    return {
        "truth_a": a.name,
        "truth_b": b.name,
        "relation": relation,
        "reason": reason,
        "n_common": int(kept.sum()),
        "n_classes_a": int(np.count_nonzero(sizes_a)),
        "n_classes_b": int(np.count_nonzero(sizes_b)),
        **{name: value for name, value in found.items() if name in RELATION_COLUMNS},
        "swaps_a": swap_error(sizes_a, share=TAU),
        "swaps_b": swap_error(sizes_b, share=TAU),
        "ari": score("ari", common.a, common.b).value,
        "nesting": nesting(a.codes, b.codes) if kept.any() else "none",
        "n_deciding": int(split["n_obs"].sum()),
        "deciding": f"{split['class_a'].iloc[0]} / {split['class_b'].iloc[0]}" if len(split) else "",
        **_marks(a, b),
    }


def _intervals(common: _Common, rng: np.random.Generator) -> dict[str, Any]:
    """Return the three numbers with their intervals, from the same half-samples."""
    blocks, n_units, over = _blocks(common)
    everything = np.ones(common.a.size, dtype=bool)
    value = common.at(everything, n=_N_PERMUTATIONS, rng=rng) if common.a.size else SharedInformation(0, 0, 0, 0)
    found: dict[str, Any] = {"over": over, "chance_a": value.chance_a, "chance_b": value.chance_b}
    draws = np.full((2 * _N_PAIRS, 3), np.nan)
    if n_units > 1:
        splits = half_splits(common.a.size, n_pairs=_N_PAIRS, blocks=blocks, rng=rng)
        for i, (split, half) in enumerate((split, half) for split in splits for half in (0, 1)):
            draws[i] = _statistics(common.at(split == half, n=_N_PERMUTATIONS_HALF, rng=rng))
    names, levels = ("a_given_b", "b_given_a", "ami"), (0.975, 0.975, 0.95)
    for name, level, point, column in zip(names, levels, _statistics(value), draws.T, strict=True):
        interval = interval_around(point, column, level=level, n_units=max(n_units, 2))
        found |= {name: point, f"{name}_low": interval.low, f"{name}_high": interval.high}
    found["ami"] = score("ami", common.a, common.b).value
    return found


def _blocks(common: _Common) -> tuple[np.ndarray | None, int, str]:
    everything = np.ones(common.a.size, dtype=bool)
    if common.donors is not None:
        n_donors = count_units(everything, blocks=common.donors)
        if n_donors >= MIN_BLOCKS:
            return common.donors, n_donors, f"{2 * _N_PAIRS} half-samples of {n_donors} donors"
        return None, common.a.size, f"{2 * _N_PAIRS} half-samples of cells ({n_donors} donors are too few)"
    return None, common.a.size, f"{2 * _N_PAIRS} half-samples of cells"


def _statistics(shared: SharedInformation) -> tuple[float, float, float]:
    below = (shared.entropy_a + shared.entropy_b) / 2 - shared.expected
    ami = (shared.shared - shared.expected) / below if below > 1e-12 else np.nan
    return shared.a_given_b, shared.b_given_a, ami


def _word(found: Mapping[str, Any], common: _Common) -> tuple[str, str]:
    """Return the word, in the order of the definition, and the reason where there is none."""
    reason = _open(common) or _undecided(found)
    if reason:
        return "cannot tell", reason
    a_known, b_known = found["a_given_b"] < TAU, found["b_given_a"] < TAU
    if a_known and b_known:
        return "same", ""
    if a_known or b_known:
        return ("refines" if b_known else "coarsens"), ""
    if found["ami_high"] < _INDEPENDENT:
        return "independent", ""
    if found["ami_low"] <= 0:
        return "cannot tell", f"the agreement could be chance, and up to {found['ami_high']:.2f}"
    return "overlaps", ""


def _open(common: _Common) -> str:
    """Return why nothing can be said about these items at all; empty where something can."""
    if common.a.size == 0:
        return "no item carries a class in both"
    if min(np.unique(common.a).size, np.unique(common.b).size) < 2:
        return "one class only among the common items"
    fixed = common.strata is not None and any(_constant(codes, common.strata) for codes in (common.a, common.b))
    return "constant within the strata, so nothing can be permuted" if fixed else ""


def _undecided(found: Mapping[str, Any]) -> str:
    """Return why the numbers do not decide whether one truth determines the other; empty where they do."""
    if min(found["chance_a"], found["chance_b"]) < _TOO_FINE:
        return "too many labels for n"
    names = ("a_given_b", "b_given_a", "ami")
    if not np.isfinite([found[f"{name}_{end}"] for name in names for end in ("low", "high")]).all():
        return "no interval: undefined in many half-samples"
    straddling = any(found[f"{name}_low"] < TAU <= found[f"{name}_high"] for name in names[:2])
    return f"an interval includes {TAU:g}" if straddling else ""


def _constant(codes: np.ndarray, strata: np.ndarray) -> bool:
    pairs = np.unique(np.stack([codes, strata]), axis=1)
    return bool(pairs.shape[1] == np.unique(strata).size)


def _marks(a: Truth, b: Truth) -> dict[str, str]:
    circular = [truth.name for truth in (a, b) if truth.is_circular("expression")]
    family_a, family_b = {a.name, *a.parents}, {b.name, *b.parents}
    both = sorted(family_a & family_b)
    return {
        "circular": ", ".join(circular),
        "shared_origin": ", ".join(origin for origin in a.origins if origin in b.origins),
        "derivation": f"made from {', '.join(both)}" if both else "",
    }


def relations(
    truths: Mapping[str, Truth],
    *,
    donors: np.ndarray | None = None,
    strata: np.ndarray | None = None,
    rng: RNGLike = 0,
) -> pd.DataFrame:
    """Return how each pair of truths relates, one row per pair, in the order of `truths`.

    Parameters
    ----------
    truths
        By name.
    donors, strata
        See `relate`.
    rng
        Root of the half-samples; those of a pair depend on its names and on nothing else.

    Examples
    --------
    >>> relations({}).columns[:3].tolist()
    ['truth_a', 'truth_b', 'relation']
    """
    entropy = root_entropy(rng)
    rows = [
        relate(a, b, donors=donors, strata=strata, rng=child(entropy, "relation", a.name, b.name))
        for a, b in combinations(truths.values(), 2)
    ]
    return pd.DataFrame(rows, columns=list(RELATION_COLUMNS))
