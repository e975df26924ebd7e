"""Check a clusterer of your own: the laws that every clusterer of the package keeps, asked of one function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from rashomon.cluster.check_sample import N_OBS, OF_CELLS, alike, held, in_order, of_type, slots
from rashomon.cluster.user import Reads, checked_labels, user_clusterer
from rashomon.core import RashomonError, RNGLike, Step, UsageError, child, resolve, root_entropy

__all__ = ["check_clusterer"]


@dataclass(frozen=True, eq=False)
class _Trial:
    """A step, how it is called, and the data it is tried on."""

    step: Step
    params: Mapping[str, Any]
    entropy: int
    made: Mapping[str, Any]
    any_order: bool

    def run(self, made: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Call the function on copies; return what it returned, and the copies."""
        given = {slot: made[slot].copy() for slot in self.step.reads}
        extra = {"rng": child(self.entropy, "check_clusterer", "rng")} if self.step.stochastic else {}
        return (self.step.target or resolve(self.step.function))(*given.values(), **self.params, **extra), given

    def labels(self, made: Mapping[str, Any]) -> np.ndarray:
        """Return the labels, checked and renumbered."""
        return checked_labels(self.run(made)[0], np.empty(N_OBS))


def check_clusterer(
    clusterer: Step | str | Callable[..., Any],
    *,
    params: Mapping[str, Any] = MappingProxyType({}),
    reads: Reads = "view",
    any_order: bool = False,
    rng: RNGLike,
) -> list[str]:
    """Return the laws that a clusterer breaks; none for every clusterer of the package.

    It is called some ten times on 60 cells in three groups that overlap, and on 60 that are all alike. The laws:

    - ``labels``: one integer per cell, 0 or more, or -1 for a cell in no cluster;
    - ``same twice``: equal input, parameters and seed give equal labels;
    - ``input``: what was read is as before (functions of users are given copies in an audit; elsewhere they are not);
    - ``global random``: the global generators of numpy and Python are not moved;
    - ``alike``: cells that are all alike make one cluster, or none, or are refused by a `ValueError` or an error of the
      package that says why; where a parameter ``k`` asks for a number of clusters, there are no more than that;
    - ``types``: ``float32`` and ``float64`` are both taken;
    - ``order of cells``, only with `any_order`: another order of the cells gives the same clusters.

    What the clusters are worth is not asked; scores say that.

    Parameters
    ----------
    clusterer
        A function, ``"module:function"`` or the name of a clusterer of the package, or a step that writes ``labels``.
    params
        Parameters for each call; those that are not given keep the defaults of the function.
    reads
        ``view`` or ``graph``: what a function of yours takes. Steps say it themselves.
    any_order
        Whether you claim that the order of the cells does not matter. Most clusterers cannot: seeds and ties follow it.
    rng
        Random numbers of the data, and of a stochastic step.

    Returns
    -------
    One sentence per broken law, ``"law: what was found"``. Of a function that fails or returns no labels, this alone is
    said, and so of one that gives others when called again.

    Raises
    ------
    UsageError
        When the step does not write labels or reads what is not made here, when `any_order` is asked of a clusterer of
        chains, or when `user_clusterer` refuses the function.

    Examples
    --------
    >>> def by_sign(view):
    ...     return (view[:, 0] > 0).astype(int)
    >>> check_clusterer(by_sign, any_order=True, rng=1)
    []
    >>> def by_coordinate(view):
    ...     return view[:, 0].round()
    >>> check_clusterer(by_coordinate, rng=1)
    ['labels: labels with type float32']
    """
    step = _step(clusterer, reads)
    entropy = root_entropy(rng)
    made = slots(entropy)
    _require(step, made, any_order=any_order)
    trial = _Trial(step, params, entropy, made, any_order)
    for laws in _LAWS:
        found = [f"{name}: {what}" for name, law in laws.items() if (what := _asked(law, trial))]
        if found:
            return found
    return []


def _step(clusterer: Step | str | Callable[..., Any], reads: Reads) -> Step:
    from rashomon.cluster import CLUSTERERS

    if isinstance(clusterer, Step):
        return clusterer
    if isinstance(clusterer, str) and ":" not in clusterer:
        return CLUSTERERS[clusterer]
    return user_clusterer(clusterer, reads=reads)


def _require(step: Step, made: Mapping[str, Any], *, any_order: bool) -> None:
    unknown = [slot for slot in step.reads if slot not in made]
    if unknown or step.writes != ("labels",):
        raise UsageError(
            f"{step.name} reads {', '.join(step.reads)} and writes {', '.join(step.writes)}",
            where="check_clusterer",
            expected=f"a step that writes labels, from some of {', '.join(made)}",
            fix="check a function of the view or the graph",
        )
    if any_order and not OF_CELLS.issuperset(step.reads):
        raise UsageError(
            f"the order of cells cannot be changed for {step.name}, which reads {', '.join(step.reads)}",
            where="check_clusterer(any_order=)",
            expected=f"a step that reads some of {', '.join(sorted(OF_CELLS))}",
            fix="leave any_order out",
        )


def _asked(law: Callable[[_Trial], str], trial: _Trial) -> str:
    try:
        return law(trial)
    except UsageError as error:
        return error.what
    except Exception as error:  # noqa: BLE001 - whatever a function of others raises is the finding
        return f"it fails with {type(error).__name__}: {error}"


def _labels(trial: _Trial) -> str:
    trial.labels(trial.made)
    return ""


def _same_twice(trial: _Trial) -> str:
    first, second = trial.labels(trial.made), trial.labels(trial.made)
    n = int((first != second).sum())
    return f"{n} of {first.size} labels are others when called again: draw from a seed or rng that you are given" * (
        n > 0
    )


def _input(trial: _Trial) -> str:
    changed = [slot for slot, value in trial.run(trial.made)[1].items() if held(value) != held(trial.made[slot])]
    return f"it changes the {' and the '.join(changed)} that it reads: work on a copy" if changed else ""


def _global_random(trial: _Trial) -> str:
    # scores load numba, which nobody needs who only reads names of clusterers
    from rashomon.score.check_sample import moves_global_random

    moved = moves_global_random(lambda: trial.run(trial.made))
    return "the global generator of numpy or Python is moved: use one of your own" if moved else ""


def _alike(trial: _Trial) -> str:
    if not OF_CELLS.issuperset(trial.step.reads):
        return ""
    try:
        found, _ = trial.run(alike())
    except (ValueError, RashomonError) as error:
        return "" if str(error) else f"{type(error).__name__} without a message for cells that are all alike"
    n = int(checked_labels(found, np.empty(N_OBS)).max()) + 1
    most = max(1, _asked_number(trial))
    return (
        f"{n} clusters of cells that are all alike: expected one, none, or an error that says why" if n > most else ""
    )


def _asked_number(trial: _Trial) -> int:
    """Return the number of clusters asked for, by the name that this package has for it."""
    known = inspect.signature(trial.step.target or resolve(trial.step.function)).parameters
    default = known["k"].default if "k" in known else 1
    return int(trial.params.get("k", default))


def _types(trial: _Trial) -> str:
    if not OF_CELLS.issuperset(trial.step.reads):
        return ""
    for dtype in (np.float32, np.float64):
        try:
            trial.labels(of_type(trial.made, dtype))
        except Exception as error:  # noqa: BLE001 - whatever a function of others raises is the finding
            return f"{np.dtype(dtype).name} is not taken: {type(error).__name__}: {error}"
    return ""


def _order(trial: _Trial) -> str:
    if not trial.any_order:
        return ""
    order = child(trial.entropy, "check_clusterer", "order").permutation(N_OBS)
    one, other = trial.labels(trial.made)[order], trial.labels(in_order(trial.made, order))
    n = int((_together(one) != _together(other)).any(axis=1).sum())
    return f"{n} of {N_OBS} cells are with others when the cells come in another order" if n else ""


def _together(labels: np.ndarray) -> np.ndarray:
    return np.asarray((labels[:, None] == labels) & (labels >= 0))


_LAWS: tuple[dict[str, Callable[[_Trial], str]], ...] = (
    {"labels": _labels},
    {"same twice": _same_twice, "global random": _global_random},
    {"input": _input, "alike": _alike, "types": _types, "order of cells": _order},
)
"""Laws by name; when one of a group is broken, the groups below it say nothing."""
