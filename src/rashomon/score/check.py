"""Check a score of your own: the laws that every score of the package keeps, asked of one record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from itertools import permutations

import numpy as np

from rashomon.core import UsageError, child
from rashomon.core.digest import digest_array
from rashomon.core.labels import MISSING
from rashomon.score.check_sample import (
    FOUR,
    Items,
    cases,
    doubled,
    drawn,
    moves_global_random,
    planted,
    renamed,
    taken,
)
from rashomon.score.compute import score
from rashomon.score.contingency import tabulate
from rashomon.score.record import Score, ScoreResult, Unassigned
from rashomon.score.run_pair import agreement_matrix

__all__ = ["check_score"]

_NEAR = 1e-9
_N_RANDOM = 150


def check_score(record: Score) -> list[str]:
    """Return the laws that a score breaks; none for every score of the package.

    The function behind the record is called some 1,000 times on small labelings, with a view, a graph or neighbours
    where it needs one; they are the same in every call, so that the answer is. The laws, by name:

    - ``runs``, ``same twice``, ``global random``, ``input``: it gives a value, the same again, draws nothing from the
      global generators and changes nothing that it reads;
    - ``names of clusters``, ``order of items``, ``unobserved items``, ``left out``: what must not change the value;
    - ``range``, ``undefined``: values lie in ``range``; where there is none, a rule or ``no_value`` says why, and there
      is none without items, for one cluster on both sides and for items that are each alone on both;
    - ``best``, ``direction``: a labeling compared with itself has the best value, and less noise a better one;
    - ``symmetric``, ``duplication_invariant``, ``chance``, ``chance_corrected``: as the record declares, and not more;
    - ``bulk``: gives the values of ``function``.

    Not asked are ``together`` and ``max_obs``.

    Parameters
    ----------
    record
        The score, registered or not.

    Returns
    -------
    One sentence per broken law, ``"law: what was found"``, with a small example. Of a function that fails, has no value
    on plain labels, or has another one when called again, this alone is said.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from rashomon.score import SCORES
    >>> check_score(SCORES["ari"])
    []
    >>> check_score(replace(SCORES["ari"], symmetric=False))
    ['symmetric: no pair of labelings of four items changes when swapped: declare symmetric=True']
    """
    for laws in _LAWS:
        found = [f"{name}: {what}" for name, law in laws.items() if (what := _asked(law, record))]
        if found:
            return found
    return []


def _asked(law: Callable[[Score], str], record: Score) -> str:
    try:
        return law(record)
    except UsageError as error:
        return error.what
    except Exception as error:  # noqa: BLE001 - whatever a function of others raises is the finding
        return f"it fails with {type(error).__name__}: {error}"


def _value(record: Score, items: Items, unassigned: Unassigned = "singletons") -> ScoreResult:
    return score(record, items.a, **items.needs, unassigned=unassigned)


def _same(one: ScoreResult, other: ScoreResult) -> bool:
    near = np.isclose(one.value, other.value, rtol=_NEAR, atol=_NEAR, equal_nan=True)
    return one.status == other.status and bool(near)


def _shown(result: ScoreResult) -> str:
    return f"{result.value:.4g}" if result.status == "ok" else f"no value ({result.reason})"


def _change(record: Score, law: str, turn: Callable[[Items, np.random.Generator], Items], what: str) -> str:
    """Return what changes the value, at the first case where it does."""
    rng = child(0, "check_score", law, "turn")
    for items in cases(record, law):
        one = _value(record, items)
        # several: a tie of two classes is broken otherwise by one renaming in two
        for other in (_value(record, turn(items, rng)) for _ in range(3)):
            if not _same(one, other):
                return f"{_shown(one)} becomes {_shown(other)} when {what} ({items})"
    return ""


def _runs(record: Score) -> str:
    result = _value(record, _plain(record))
    return "" if result.status == "ok" else f"no value for 24 items in three clusters: {result.reason}"


def _plain(record: Score) -> Items:
    rng = child(0, "check_score", "plain")
    return drawn(record, np.repeat([0, 1, 2], 8), rng.integers(0, 3, 24), rng)


def _same_twice(record: Score) -> str:
    for items in cases(record, "same twice"):
        one, other = _value(record, items), _value(record, items)
        if not _same(one, other):
            return f"{_shown(one)}, and {_shown(other)} when called again ({items}): draw no random numbers"
    return ""


def _global_random(record: Score) -> str:
    items = _plain(record)
    moved = moves_global_random(lambda: _value(record, items))
    return "the global generator of numpy or Python is moved: draw nothing from it" if moved else ""


def _input(record: Score) -> str:
    items = _plain(record)
    if record.needs == "labels":
        # as `score` calls it, with a table that can be looked at
        table = tabulate(items.a, items.needs["b"])
        held = {field.name: getattr(table, field.name) for field in fields(table) if field.name != "n_obs"}
        before = {name: digest_array(part) for name, part in held.items()}
        record.call(table)
    else:
        held = items.needs
        before = {name: digest_array(part) for name, part in held.items()}
        _value(record, items)
    changed = [name for name, part in held.items() if digest_array(part) != before[name]]
    return f"it changes {', '.join(changed)}: work on a copy" if changed else ""


def _names(record: Score) -> str:
    def turn(items: Items, rng: np.random.Generator) -> Items:
        second = {"b": renamed(items.needs["b"], rng)} if "b" in items.needs else {}
        return Items(renamed(items.a, rng), items.needs | second)

    return _change(record, "names of clusters", turn, "clusters get other numbers")


def _order(record: Score) -> str:
    return _change(
        record,
        "order of items",
        lambda items, rng: taken(items, rng.permutation(items.a.size)),
        "the items come in another order",
    )


def _unobserved(record: Score) -> str:
    def turn(items: Items, _: np.random.Generator) -> Items:
        return taken(items, np.flatnonzero((items.a > MISSING) & (items.needs.get("b", items.a) > MISSING)))

    return _change(record, "unobserved items", turn, "items with -2 are taken out")


def _left_out(record: Score) -> str:
    for items in cases(record, "left out"):
        second = {"b": np.where(items.needs["b"] < 0, MISSING, items.needs["b"])} if "b" in items.needs else {}
        hidden = Items(np.where(items.a < 0, MISSING, items.a), items.needs | second)
        one, other = _value(record, items, "left_out"), _value(record, hidden)
        if not _same(one, other):
            return f"{_shown(one)} with unassigned='left_out', {_shown(other)} when they are not observed ({items})"
    return ""


def _range(record: Score) -> str:
    low, high = record.range
    for items in cases(record, "range"):
        result = _value(record, items)
        if result.status == "ok" and not low - _NEAR <= result.value <= high + _NEAR:
            return f"{result.value:.4g} is not in {low:g} to {high:g} ({items})"
    return ""


def _undefined(record: Score) -> str:
    rng = child(0, "check_score", "undefined")
    nothing = {
        "without items": np.empty(0, dtype=int),
        "when no item is observed": np.full(6, MISSING),
        "for one cluster of all": np.zeros(6, dtype=int),
        "when every item is alone": np.arange(6),
        "when no item is assigned": np.full(6, -1),
    }
    for what, codes in nothing.items():
        result = _value(record, drawn(record, codes, codes, rng))
        if result.status == "ok":
            return f"{result.value:.4g} {what}, where no value means anything: add a rule to undefined"
    for items in cases(record, "undefined"):
        if np.isnan(_value(record, items).value) and _value(record, items).reason == "no value":
            return f"NaN where no rule holds ({items}): add a rule to undefined, or say why in no_value"
    return ""


def _best(record: Score) -> str:
    rng = child(0, "check_score", "best", "names")
    best = record.range[record.direction > 0]
    for items in cases(record, "best", lowest=-1) if record.against == "truth" else ():
        result = _value(record, Items(items.a, items.needs | {"b": renamed(items.a, rng)}))
        if result.status == "ok" and not abs(result.value - best) < _NEAR:
            return f"{result.value:.4g} for a labeling and itself, and the best value is {best:g} (a = b = {items.a})"
    return ""


def _direction(record: Score) -> str:
    rng = child(0, "check_score", "direction")
    if record.against != "truth":
        right, wrong = (_value(record, items).value for items in planted(record, rng))
        better = (right - wrong) * record.direction > 0
        return (
            ""
            if better
            else f"{right:.4g} for planted groups, {wrong:.4g} for wrong ones, direction {record.direction}"
        )
    truth, noise = rng.integers(5, size=(2, 1000))
    noisy = [np.where(rng.random(1000) < share, noise, truth) for share in (0, 0.2, 0.5, 0.9)]
    values = np.array([_value(record, _pair(codes, truth)).value for codes in noisy])
    better = bool((np.diff(values) * record.direction < 0).all())
    shown = ", ".join(f"{value:.3g}" for value in values)
    return "" if better else f"{shown} with 0, 20, 50 and 90 % noise in the labels, direction {record.direction}"


def _pair(a: np.ndarray, b: np.ndarray) -> Items:
    return Items(a, {"b": b})


def _symmetric(record: Score) -> str:
    if record.against != "truth":
        return "there is nothing to swap: declare symmetric=False" if record.symmetric else ""
    for a, b in FOUR:
        one, other = (_value(record, _pair(*pair)) for pair in ((a, b), (b, a)))
        if not _same(one, other):
            return f"{_shown(one)} becomes {_shown(other)} when swapped ({_pair(a, b)})" if record.symmetric else ""
    return "" if record.symmetric else "no pair of labelings of four items changes when swapped: declare symmetric=True"


def _duplication(record: Score) -> str:
    rng = child(0, "check_score", "duplication")
    for _ in range(40):
        items = drawn(record, rng.integers(3, size=8), rng.integers(3, size=8), rng)
        one, other = _value(record, items), _value(record, doubled(items))
        if one.status == other.status == "ok" and not _same(one, other):
            changed = f"{_shown(one)} becomes {_shown(other)} when every item occurs twice ({items})"
            return changed if record.duplication_invariant else ""
    none = "no data set of 40 changes when every item occurs twice: declare duplication_invariant=True"
    return "" if record.duplication_invariant else none


def _corrected(record: Score) -> str:
    rng, means = child(0, "check_score", "corrected"), []
    half = np.array([0, 0, 0, 1, 1, 1])
    needs = drawn(record, half, half, rng).needs
    for codes in ([0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 2], [0, 0, 0, 0, 1, 2]):
        orders = np.array(sorted(set(permutations(codes))))
        values = np.array([_value(record, Items(order, needs)).value for order in orders])
        # some scores have no value for some of the orders, or of the sizes
        means += [values[np.isfinite(values)].mean()] if np.isfinite(values).any() else []
    shown = ", ".join(f"{mean:.3g}" for mean in means)
    if record.chance_corrected:
        level = np.nan if record.chance is None else record.chance
        off = not np.allclose(means, level, atol=_NEAR)
        return f"over all orders of six items the means are {shown}, and chance is {record.chance}" if off else ""
    flat = len(means) > 1 and bool(np.ptp(means) < 1e-9)
    return f"the mean over all orders is {shown} for all sizes: declare chance_corrected=True" if flat else ""


def _chance(record: Score) -> str:
    if record.against != "truth":
        return ""
    rng = child(0, "check_score", "chance")
    found = np.array([[_random_value(record, most, rng) for _ in range(_N_RANDOM)] for most in (5, 15)])
    n_values = np.isfinite(found).sum(axis=1)
    if n_values.min() < 30:
        return ""
    means, errors = np.nanmean(found, axis=1), 4 * np.nanstd(found, axis=1) / np.sqrt(n_values) + _NEAR
    shown = f"the means for random labels with few and with many clusters are {means[0]:.3f} and {means[1]:.3f}"
    if record.chance is not None:
        return "" if (np.abs(means - record.chance) < errors).all() else f"{shown}, and chance is {record.chance:g}"
    same = abs(means[0] - means[1]) < np.hypot(*errors)
    return f"{shown}: declare chance={means.mean():.2g}" if same else ""


def _random_value(record: Score, most: int, rng: np.random.Generator) -> float:
    a, b = (rng.integers(rng.integers(2 * most // 5, most), size=60) for _ in range(2))
    return _value(record, _pair(a, b)).value


def _bulk(record: Score) -> str:
    every: tuple[Unassigned, ...] = ("singletons", "left_out")
    for items in cases(record, "bulk") if record.bulk else ():
        labels = np.stack([items.a, items.needs["b"]], axis=1)
        for unassigned in every:
            found = agreement_matrix(labels, scores=[record], unassigned=unassigned)[record.name][0, 1]
            single = _value(record, items, unassigned).value
            if not np.isclose(found, single, rtol=0, atol=_NEAR, equal_nan=True):
                return f"{found:.4g} by bulk, {single:.4g} by function, unassigned={unassigned!r} ({items})"
    return ""


_LAWS: tuple[dict[str, Callable[[Score], str]], ...] = (
    {"runs": _runs},
    {"same twice": _same_twice, "global random": _global_random},
    {
        "input": _input,
        "names of clusters": _names,
        "order of items": _order,
        "unobserved items": _unobserved,
        "left out": _left_out,
        "range": _range,
        "undefined": _undefined,
        "best": _best,
        "direction": _direction,
        "symmetric": _symmetric,
        "duplication_invariant": _duplication,
        "chance": _chance,
        "chance_corrected": _corrected,
        "bulk": _bulk,
    },
)
"""Laws by name; when one of a group is broken, the groups below it say nothing."""
