"""The repertoires of a comparison, equal in number and size: those of people, and those that candidates made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from rashomon.core import UsageError, child
from rashomon.sim.repertoire_realism.prepared import GenerationProbability, Prepared, Setting
from rashomon.sim.repertoire_realism.repertoire import Repertoire

__all__ = ["MIN_RECEPTORS", "REAL", "Candidate", "Group", "Sampler", "Wanted", "prepare_groups"]

REAL = "real"
"""Name of the real repertoires in tables."""

MIN_RECEPTORS = 64
"""Distinct receptors that a repertoire needs: curves begin at one in 64."""

Sampler = Callable[[int, np.random.Generator], Repertoire]
"""Called with a number of receptors and a random stream; returns that many receptors, copies included."""

Candidate = Sampler | Repertoire | Sequence[Repertoire]
"""A sampler, which is asked once per real person; one repertoire; or one per real person, in their order."""

_MOST_ASKS = 6


class Wanted(NamedTuple):
    """What is asked of a comparison; see `compare`.

    Parameters
    ----------
    n
        Distinct receptors of each repertoire, at most.
    genes
        Names of genes to replace.
    log10_pgen
        Generation probability, or None.
    n_pgen
        Receptors of each repertoire for it.
    root
        Root of the random choices.
    """

    n: int
    genes: Mapping[str, str]
    log10_pgen: GenerationProbability | None
    n_pgen: int
    root: int


class Group(NamedTuple):
    """Repertoires of one kind.

    Parameters
    ----------
    members
        One per real person, in their order; the same object again where a candidate is one repertoire.
    alone
        Whether it is one repertoire, which has nobody to share with.
    """

    members: tuple[Prepared, ...]
    alone: bool = False


class _Given(NamedTuple):
    repertoire: Repertoire
    name: str
    has_counts: bool


def prepare_groups(
    real: Sequence[Repertoire], candidates: Mapping[str, Candidate], *, wanted: Wanted
) -> dict[str, Group]:
    """Return all repertoires, the real ones first under the name `REAL`.

    Parameters
    ----------
    real
        Repertoires of two or more people.
    candidates
        By name.
    wanted
        What is asked.

    Raises
    ------
    UsageError
        See `compare`.
    """
    _require(real, candidates)
    given = {REAL: [_given(one, f"{REAL} {i}", wanted) for i, one in enumerate(real)]}
    for name, candidate in candidates.items():
        if not callable(candidate):
            made = [candidate] if isinstance(candidate, Repertoire) else list(candidate)
            given[name] = [_given(one, f"{name} {i}", wanted) for i, one in enumerate(made)]
    n = min(wanted.n, *(one.repertoire.n for part in given.values() for one in part))
    if n < MIN_RECEPTORS:
        raise UsageError(f"{n} distinct receptors", where="compare", expected=f"{MIN_RECEPTORS} or more of each")
    for name, candidate in candidates.items():
        if callable(candidate):
            given[name] = [_sampled(candidate, f"{name} {i}", n, wanted) for i in range(len(real))]
    setting = _setting([one for part in given.values() for one in part], n, wanted)
    return {name: _group(given[name], len(real), setting) for name in (REAL, *candidates)}


def _require(real: Sequence[Repertoire], candidates: Mapping[str, Candidate]) -> None:
    if isinstance(real, Repertoire) or len(real) < 2:
        raise UsageError("there is one real repertoire", where="compare(real=)", expected="those of two or more people")
    if not candidates or REAL in candidates:
        raise UsageError(
            f"candidates are named {sorted(candidates)}", where="compare", expected=f"one or more, none called {REAL!r}"
        )
    for name, candidate in candidates.items():
        if not callable(candidate) and not isinstance(candidate, Repertoire) and len(candidate) != len(real):
            raise UsageError(
                f"candidate {name!r} has {len(candidate)} repertoires, and there are {len(real)} real ones",
                where="compare(candidates=)",
                expected="one repertoire, or one per real one",
            )


def _given(repertoire: Repertoire, name: str, wanted: Wanted) -> _Given:
    return _Given(repertoire.pooled(wanted.genes).distinct(), name, repertoire.counts is not None)


def _sampled(sampler: Sampler, name: str, n: int, wanted: Wanted) -> _Given:
    """Ask for receptors until `n` are distinct; those in excess stay, and are drawn from as those of people are."""
    found: Repertoire | None = None
    for ask in range(_MOST_ASKS):
        # copies among new receptors are more likely the more there are
        size = int(1.05 * n) + 10 if found is None else 2 * (n - found.n) + 10
        one = sampler(size, child(wanted.root, "sampler", name, ask)).pooled(wanted.genes)
        found = one if found is None else _joined(found, one)
        has_counts, found = found.counts is not None, found.distinct()
        if found.n >= n:
            return _Given(found, name, has_counts)
        found = found if has_counts else Repertoire(found.junction_aa, found.v, found.j, None, found.donor)
    raise UsageError(
        f"candidate {name!r} made fewer than {n} distinct receptors in {_MOST_ASKS} calls",
        where="compare(candidates=)",
        expected="receptors that seldom repeat",
        fix="lower n",
    )


def _joined(a: Repertoire, b: Repertoire) -> Repertoire:
    counts = None if a.counts is None or b.counts is None else np.concatenate([a.counts, b.counts])
    junctions, v, j = (np.concatenate([getattr(a, name), getattr(b, name)]) for name in ("junction_aa", "v", "j"))
    return Repertoire(junctions, v, j, counts, a.donor)


def _setting(given: Sequence[_Given], n: int, wanted: Wanted) -> Setting:
    v_names, j_names = (
        np.unique(np.concatenate([getattr(one.repertoire, part) for one in given])) for part in ("v", "j")
    )
    depths = [int(one.repertoire.counts.sum()) for one in given if one.has_counts and one.repertoire.counts is not None]
    return Setting(n, min(depths, default=0), v_names, j_names, wanted.root, wanted.log10_pgen, wanted.n_pgen)


def _group(given: Sequence[_Given], n_real: int, setting: Setting) -> Group:
    members = tuple(Prepared(one.repertoire, one.name, setting, one.has_counts) for one in given)
    return Group(members if len(members) == n_real else members * n_real, alone=len(members) < n_real)
