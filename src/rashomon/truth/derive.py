"""Derived truths: classes made from other labels or from measurements by a stated rule, always the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import UsageError, first_few
from rashomon.core.labels import MISSING, UNASSIGNED, encode_labels
from rashomon.dataset import Truth
from rashomon.truth.gate import Gate
from rashomon.truth.rule import DERIVE_RULES

__all__ = ["FEW", "coarsen", "cross", "gated", "most_likely", "quantile_classes"]

FEW = 10
"""Crossed classes with fewer items than this are counted in the notes."""

_RULES = {rule.name: rule for rule in DERIVE_RULES}

Derived = tuple[Truth, tuple[str, ...]]


def coarsen(
    truth: Truth, mapping: Mapping[str, str], *, name: str | None = None, keep_unmapped: bool = False
) -> Derived:
    """Return a truth whose classes are unions of the classes of `truth`.

    Parameters
    ----------
    truth
        The finer labels.
    mapping
        Class of `truth` to coarser class; the reserved words (``unknown``) mean "no class". Entries for classes that
        do not occur are not used.
    name
        Of the new truth; by default ``"NAME (coarser)"``.
    keep_unmapped
        Whether a class without entry stays as it is; otherwise it is an error.

    Returns
    -------
    truth
        With the kind and the origin of the finer one; classes in the order in which the mapping names them.
    notes
        How many classes became how many, and which were kept.

    Raises
    ------
    InputError
        ``derive.unmapped`` when classes have no entry and are not to be kept.

    Examples
    --------
    >>> fine = Truth("fine", "annotation", np.array([0, 1, 2, -2]), ("CD4 T", "CD8 T", "B"), "protein")
    >>> coarse, notes = coarsen(fine, {"CD4 T": "T", "CD8 T": "T", "B": "B"}, name="lineage")
    >>> coarse.codes.tolist(), coarse.categories, coarse.derived_from, notes
    ([0, 0, 1, -2], ('T', 'B'), 'protein', ("'lineage': 3 classes of 'fine' became 2",))
    """
    name = name or f"{truth.name} (coarser)"
    occurring = [truth.categories[code] for code in np.unique(truth.codes[truth.codes >= 0])]
    unmapped = [category for category in occurring if category not in mapping]
    if unmapped and not keep_unmapped:
        raise _RULES["derive.unmapped"].broken(
            f"{len(unmapped)} of {len(occurring)} classes have no entry: {first_few(unmapped, n=8)}",
            where=f"mapping of {truth.name!r}",
        )
    targets = [mapping.get(category, category) for category in truth.categories]
    order = list(dict.fromkeys([*mapping.values(), *unmapped]))
    codes, categories = encode_labels(
        pd.Series(pd.Categorical([*targets, None], categories=[t for t in order if t in {*targets}]))
    )
    found = np.where(truth.codes >= 0, codes[np.maximum(truth.codes, -1)], truth.codes)
    new = _made(name, found, categories, (truth,))
    kept = f"; kept as they are: {first_few(unmapped, n=5)}" if unmapped else ""
    return new, (f"{name!r}: {len(occurring)} classes of {truth.name!r} became {len(new.categories)}{kept}",)


def cross(a: Truth, b: Truth, *, name: str | None = None) -> Derived:
    """Return the truth whose classes are the pairs of a class of `a` and a class of `b` that occur.

    Parameters
    ----------
    a, b
        Truths of the same items. An item without class in one of them has none here.
    name
        Of the new truth; by default ``"A x B"``.

    Returns
    -------
    truth
        Of the common kind, else ``"annotation"``; it rests on the origins of both.
    notes
        How many classes occur, and how many have fewer than 10 items.

    Raises
    ------
    UsageError
        When the truths have different numbers of items.

    Examples
    --------
    >>> a = Truth("type", "annotation", np.array([0, 0, 1, 1]), ("T", "B"))
    >>> b = Truth("stim", "biological", np.array([0, 1, 1, -2]), ("no", "yes"))
    >>> crossed, notes = cross(a, b)
    >>> crossed.codes.tolist(), crossed.categories
    ([0, 1, 2, -2], ('T, no', 'T, yes', 'B, yes'))
    >>> notes
    ("'type x stim': 3 crossed classes, 3 of them with fewer than 10 cells (3 cells)",)
    """
    if a.codes.size != b.codes.size:
        raise UsageError(
            f"truths {a.name!r} and {b.name!r} have {a.codes.size} and {b.codes.size} items",
            where="cross",
            expected="truths of the same items",
        )
    name = name or f"{a.name} x {b.name}"
    both = (a.codes >= 0) & (b.codes >= 0)
    keys = a.codes.astype(np.int64) * len(b.categories) + b.codes
    codes = np.minimum(a.codes, b.codes).astype(np.int64)
    present, codes[both], sizes = np.unique(keys[both], return_inverse=True, return_counts=True)
    categories = tuple(
        f"{a.categories[key // len(b.categories)]}, {b.categories[key % len(b.categories)]}" for key in present
    )
    few = sizes[sizes < FEW]
    rare = f", {few.size} of them with fewer than {FEW} cells ({few.sum()} cells)" if few.size else ""
    return _made(name, codes, categories, (a, b)), (f"{name!r}: {present.size} crossed classes{rare}",)


def quantile_classes(values: pd.Series[Any], *, n_classes: int, name: str | None = None) -> Derived:
    """Return classes of about equal size that follow the order of a measurement.

    Parameters
    ----------
    values
        Numbers, shape ``(n_obs,)``; NaN where nothing was measured.
    n_classes
        Classes wanted, two or more. Equal values always share a class, so ties may make classes unequal, or fewer.
    name
        Of the new truth; by default that of the series.

    Returns
    -------
    truth
        Classes from low to high, named by their smallest and largest value; NaN is missing.
    notes
        The sizes, and that ties left fewer classes than wanted.

    Raises
    ------
    UsageError
        When fewer than two classes are wanted.
    InputError
        ``derive.number`` when the values are no finite numbers.

    Examples
    --------
    >>> truth, notes = quantile_classes(pd.Series([0.1, 0.2, 0.3, 0.4, np.nan], name="time"), n_classes=2)
    >>> truth.codes.tolist(), truth.categories
    ([0, 0, 1, 1, -2], ('q1 (0.1 to 0.2)', 'q2 (0.3 to 0.4)'))
    """
    name = str(values.name if name is None else name)
    if n_classes < 2:
        raise UsageError(f"{n_classes} classes are no division", where=f"quantiles of {name!r}", expected="2 or more")
    numbers = checked_numbers(values, where=f"quantiles of {name!r}")
    known = np.isfinite(numbers)
    edges = np.quantile(numbers[known], np.arange(1, n_classes) / n_classes) if known.any() else np.empty(0)
    raw = np.searchsorted(edges, numbers[known], side="left")
    _, dense, sizes = np.unique(raw, return_inverse=True, return_counts=True)
    codes = np.full(numbers.size, MISSING, dtype=np.int64)
    codes[known] = dense
    members = [numbers[codes == code] for code in range(sizes.size)]
    categories = tuple(f"q{i + 1} ({_short(each.min())} to {_short(each.max())})" for i, each in enumerate(members))
    fewer = f"; ties left {sizes.size} of {n_classes} classes" if sizes.size < n_classes else ""
    note = f"{name!r}: classes of {first_few(sizes, n=8)} cells, {int((~known).sum())} not measured{fewer}"
    return Truth(name, "annotation", codes, categories), (note,)


def _short(value: float) -> str:
    # four digits, but a depth of 15818 is nobody's 1.582e+04
    return f"{value:.0f}" if 1e4 <= abs(value) < 1e7 else f"{value:.4g}"


def gated(markers: Mapping[str, np.ndarray], gates: Sequence[Gate], *, name: str) -> Derived:
    """Return the truth whose classes are gates.

    Parameters
    ----------
    markers
        Measurements by the names that the gates use, each of shape ``(n_obs,)``; NaN where nothing was measured.
    gates
        Two or more, with distinct names. An item in none of them, or in several, has no class.
    name
        Of the new truth.

    Returns
    -------
    truth
        Classes in the order of the gates. An item whose class hangs on a marker that was not measured is missing.
    notes
        Coverage: how many items are gated, ungated, in several gates, not measured.

    Raises
    ------
    UsageError
        When two gates share a name.
    InputError
        ``derive.number`` when measurements are no finite numbers.

    Examples
    --------
    >>> markers = {"CD3": np.array([3.0, 0.1, 0.1]), "CD19": np.array([0.0, 2.0, 0.1])}
    >>> gates = [Gate.parse("CD3>=2 as T"), Gate.parse("CD19>=1 as B")]
    >>> truth, notes = gated(markers, gates, name="gate")
    >>> truth.codes.tolist(), notes
    ([0, 1, -1], ("'gate': 2 of 3 cells (66.7 %) are in one gate; 1 in none, 0 in several, 0 not measured",))
    """
    names = [gate.name for gate in gates]
    twice = next((each for each in names if names.count(each) > 1), None)
    if twice is not None or not gates:
        raise UsageError(
            f"two gates are named {twice!r}" if gates else "there are no gates",
            where=f"truth {name!r}",
            expected="gates with distinct names",
            fix="name them: CD3>=2.5 as T",
            code="truth.recipe",
        )
    numbers = {key: checked_numbers(values, where=f"marker {key!r}") for key, values in markers.items()}
    unknown = np.logical_or.reduce([np.isnan(values) for values in numbers.values()])
    inside = np.stack([gate.holds(numbers) for gate in gates])
    n_inside = inside.sum(axis=0)
    codes = np.where(n_inside == 1, inside.argmax(axis=0), UNASSIGNED)
    codes[unknown] = MISSING
    n_gated, several = int((codes >= 0).sum()), int(((n_inside > 1) & ~unknown).sum())
    none = codes.size - n_gated - several - int(unknown.sum())
    note = (
        f"{name!r}: {n_gated} of {codes.size} cells ({100 * n_gated / max(codes.size, 1):.1f} %) are in one gate; "
        f"{none} in none, {several} in several, {int(unknown.sum())} not measured"
    )
    return Truth(name, "annotation", codes, tuple(names)), (note,)


def most_likely(probabilities: pd.DataFrame, *, min_probability: float = 0.5, name: str) -> Derived:
    """Return the most probable class of each item, where it is probable enough.

    Parameters
    ----------
    probabilities
        Soft labels, one column per class; numbers in [0, 1] that sum to 1 in each row, NaN in rows without.
    min_probability
        In [0, 1]; items whose most probable class is less probable have no class, and so do ties.
    name
        Of the new truth.

    Returns
    -------
    truth
        Classes in the order of the columns.
    notes
        Coverage, and the mean probability of the classes that were taken.

    Raises
    ------
    UsageError
        When `min_probability` is not in [0, 1].
    InputError
        ``derive.probability`` when the numbers are no probabilities.

    Examples
    --------
    >>> soft = pd.DataFrame({"T": [0.9, 0.6, 0.0], "B": [0.1, 0.4, 1.0]})
    >>> most_likely(soft, min_probability=0.8, name="soft")[0].codes.tolist()
    [0, -1, 1]
    """
    if not 0 <= min_probability <= 1:
        raise UsageError(f"min_probability is {min_probability}", where=f"truth {name!r}", expected="between 0 and 1")
    values = np.column_stack(
        [
            checked_numbers(probabilities.iloc[:, j], where=f"soft labels of {name!r}")
            for j in range(probabilities.shape[1])
        ]
    )
    known = ~np.isnan(values).all(axis=1)
    bad = known & ~((values >= 0) & (values <= 1)).all(axis=1)
    bad |= known & ~(np.abs(values.sum(axis=1) - 1) <= 1e-3)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise _RULES["derive.probability"].broken(
            f"{int(bad.sum())} of {len(bad)} rows are no probabilities; row {first} sums to {values[first].sum():.4g}",
            where=f"soft labels of {name!r}",
        )
    best = np.where(known[:, None], values, -1).max(axis=1)
    certain = known & (best >= min_probability) & ((values == best[:, None]).sum(axis=1) == 1)
    codes = np.where(certain, np.where(known[:, None], values, -1).argmax(axis=1), UNASSIGNED)
    codes[~known] = MISSING
    share, mean = certain.mean() if certain.size else 0.0, best[certain].mean() if certain.any() else np.nan
    note = (
        f"{name!r}: {int(certain.sum())} of {codes.size} cells ({100 * share:.1f} %) have a class with probability of "
        f"at least {min_probability:g} (mean {mean:.2f}); the others have none"
    )
    return Truth(name, "annotation", codes, tuple(map(str, probabilities.columns))), (note,)


def checked_numbers(values: Any, *, where: str) -> np.ndarray:
    """Return measurements as ``float64``; NaN stays.

    Raises
    ------
    InputError
        ``derive.number`` when they are text, or infinite.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise _RULES["derive.number"].broken(f"the values are of type {array.dtype}", where=where)
    numbers = array.astype(np.float64)
    if np.isinf(numbers).any():
        raise _RULES["derive.number"].broken(f"{int(np.isinf(numbers).sum())} values are infinite", where=where)
    return numbers


def _made(name: str, codes: np.ndarray, categories: tuple[str, ...], parents: Sequence[Truth]) -> Truth:
    """Return a truth that inherits the kind and every origin of its parents."""
    kinds = {parent.kind for parent in parents}
    origins = tuple(dict.fromkeys(origin for parent in parents for origin in parent.origins))
    # one parent of unknown origin leaves the origin unknown; what is known of the others still makes it circular
    first = origins[0] if origins and all(parent.derived_from is not None for parent in parents) else None
    return Truth(
        name,
        kinds.pop() if len(kinds) == 1 else "annotation",
        codes,
        categories,
        first,
        tuple(parent.name for parent in parents),
        tuple(origin for origin in origins if origin != first),
    )
