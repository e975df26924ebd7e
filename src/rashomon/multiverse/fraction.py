"""Which pipelines of a multiverse are run: all, or a balanced fraction in which every main effect can be estimated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from rashomon.core import UsageError, first_few
from rashomon.multiverse.choice import Choice, Level, Option
from rashomon.multiverse.design import ALIASED, aliases, effects, estimable_pairs, level_codes, n_effects
from rashomon.multiverse.draw import draw
from rashomon.multiverse.multiverse import Multiverse, Pipeline

__all__ = ["count_pipelines", "select"]

_MOST_CANDIDATES = 60_000
"""Pipelines above which a fraction is drawn from a random part of them."""
_N_SAMPLED = 5_000
_N_SHOWN = 6


def count_pipelines(choices: Sequence[Choice]) -> int:
    """Return how many combinations some choices have, without listing them.

    Examples
    --------
    >>> norm = Choice("norm", (Option("log", ""), Option("residuals", "")))
    >>> scale = Choice("scale", (Option("clip", ""), Option("none", "")), within={"norm": ("log",)})
    >>> count_pipelines([norm, scale])
    3
    """
    governing = {name for choice in choices for name in choice.within}
    states: Counter[tuple[tuple[str, Level], ...]] = Counter({(): 1})
    for choice in choices:
        grown: Counter[tuple[tuple[str, Level], ...]] = Counter()
        for state, n in states.items():
            if not choice.applies(dict(state)):
                grown[state] += n
            elif choice.name in governing:
                for level in choice.levels:
                    grown[*state, (choice.name, level)] += n
            else:
                grown[state] += n * len(choice.levels)
        states = grown
    return sum(states.values())


@dataclass(frozen=True)
class _Branch:
    """Choices with only equivalent options, or with one option that is not."""

    choices: tuple[Choice, ...]

    @property
    def size(self) -> int:
        return count_pipelines(self.choices)

    def depart(self, setting: Mapping[str, Level]) -> Pipeline:
        """Return a pipeline with the settings of another, but in this branch."""
        found: Pipeline = {}
        for choice in self.choices:
            if choice.applies(found):
                level = setting.get(choice.name, choice.default)
                found[choice.name] = level if level in choice.levels else choice.default
        return found

    def pipelines(self) -> Iterator[Pipeline]:
        return iter(Multiverse(self.choices))


def select(
    whole: Multiverse, *, max_pipelines: int, keep: Mapping[str, Level] | None = None, rng: np.random.Generator
) -> Multiverse:
    """Return a multiverse with at most `max_pipelines` pipelines, granularity and seeds not counted.

    A pipeline holds at most one option that is not equivalent to the others: branches are shown beside the equivalent
    pipelines, and two departures at once would answer no question that somebody asked. Where there are more pipelines
    than wanted, half of them or more are drawn among the equivalent ones so that every level of every choice occurs
    equally often, as far as a level has that many pipelines, and every main effect can be estimated; each branch
    repeats some of these with its one option changed, so that they differ in it alone. The default is always drawn.

    Parameters
    ----------
    whole
        All combinations.
    max_pipelines
        Most pipelines; each is run at all its resolutions and seeds.
    keep
        Settings of one more pipeline that must be there.
    rng
        Breaks ties between pipelines that are equally good.

    Raises
    ------
    UsageError
        ``multiverse.few`` when so few pipelines cannot estimate every main effect; names the smallest number.
    """
    home, branches = _branches(whole)
    kept = None if keep is None else whole.setting(whole.complete(keep))
    n_whole = home.size + sum(branch.size for branch in branches)
    if n_whole <= max_pipelines:
        listed = [pipeline for branch in (home, *branches) for pipeline in branch.pipelines()]
        if kept is None or kept in listed:
            free = tuple(choice for choice in whole.choices if not choice.granularity and not choice.replicate)
            everything = n_whole == count_pipelines(free)
            return replace(whole, drawn=None if everything else _sorted(listed, whole), n_whole=n_whole)
        return replace(whole, drawn=_sorted([*listed, kept], whole), n_whole=n_whole + 1)
    drawn, notes = _fraction(home, branches, kept, max_pipelines, rng)
    return replace(whole, drawn=_sorted(drawn, whole), n_whole=n_whole, notes=tuple(notes))


def _branches(whole: Multiverse) -> tuple[_Branch, list[_Branch]]:
    free = tuple(choice for choice in whole.choices if not choice.granularity and not choice.replicate)
    homes = tuple(_only(choice, _equivalent(choice)) for choice in free)
    branches = []
    for place, choice in enumerate(free):
        for option in choice.options:
            if option not in homes[place].options:
                moved = (*homes[:place], _only(choice, (option,)), *homes[place + 1 :])
                branches.append(_Branch(moved))
    return _Branch(homes), branches


def _equivalent(choice: Choice) -> tuple[Option, ...]:
    # a user's own list may begin with an exploratory one: then that is the default, and where the rest departs from
    found = tuple(option for option in choice.options if option.equivalence == "equivalent")
    return found if choice.options[0] in found else choice.options[:1]


def _only(choice: Choice, options: tuple[Option, ...]) -> Choice:
    return replace(choice, options=options)


def _sorted(pipelines: Sequence[Pipeline], whole: Multiverse) -> tuple[Pipeline, ...]:
    """Return pipelines depth first, with the levels in the order of their choices."""
    free = [choice for choice in whole.choices if not choice.granularity and not choice.replicate]
    codes = level_codes(pipelines, free)
    return tuple(pipelines[i] for i in np.lexsort(codes.T[::-1]))


def _fraction(
    home: _Branch, branches: list[_Branch], kept: Pipeline | None, n: int, rng: np.random.Generator
) -> tuple[list[Pipeline], list[str]]:
    candidates = _candidates(home, rng)
    default = home.depart({})
    fixed = [default, *([kept] if kept is not None and kept != default else [])]
    at_home = [pipeline for pipeline in fixed if home.depart(pipeline) == pipeline]
    extra = [pipeline for pipeline in fixed if pipeline not in at_home]
    candidates += [pipeline for pipeline in at_home if pipeline not in candidates]
    codes = level_codes(candidates, home.choices)
    columns, _ = effects(codes, home.choices)
    needed, n_branches, left = n_effects(columns), len(branches), n - len(extra)
    if left < needed + n_branches:
        raise UsageError(
            f"{n} pipelines cannot estimate the effect of every choice",
            where="max_pipelines",
            expected=f"at least {needed + n_branches + len(extra)}: {needed} effects"
            + (f", and one pipeline in each of {n_branches} branches" if n_branches else ""),
            fix=f"use max_pipelines={needed + n_branches + len(extra)}, or give fewer choices",
            code="multiverse.few",
        )
    each = max(1, min(left // (2 * n_branches), (left - needed) // n_branches)) if n_branches else 0
    rows = draw(
        codes,
        columns,
        n=min(left - n_branches * each, len(candidates)),
        fixed=np.array([candidates.index(pipeline) for pipeline in at_home]),
        rng=rng,
    )
    base = [candidates[row] for row in rows]
    _check_rank(columns[rows], needed, n)
    drawn = [*base, *extra]
    for branch in branches:
        drawn += [pipeline for pipeline in _in_branch(branch, base, each, rng) if pipeline not in drawn]
    return drawn, _notes(codes[rows], home.choices)


def _candidates(home: _Branch, rng: np.random.Generator) -> list[Pipeline]:
    if prod(len(choice.levels) for choice in home.choices) <= _MOST_CANDIDATES:
        return list(home.pipelines())
    found: dict[tuple[tuple[str, Level], ...], Pipeline] = {}
    for _ in range(_N_SAMPLED):
        levels = {choice.name: choice.levels[int(rng.integers(len(choice.levels)))] for choice in home.choices}
        pipeline = home.depart(levels)
        found[tuple(pipeline.items())] = pipeline
    return list(found.values())


def _in_branch(branch: _Branch, base: list[Pipeline], n: int, rng: np.random.Generator) -> list[Pipeline]:
    """Return `n` pipelines of a branch that differ from drawn ones in the departure only."""
    found = list({tuple(moved.items()): moved for moved in map(branch.depart, base)}.values())
    codes = level_codes(found, branch.choices)
    default = found.index(branch.depart({}))
    rows = draw(
        codes, effects(codes, branch.choices)[0], n=min(n, len(found)), fixed=np.array([default]), rng=rng
    )  # fmt: skip
    return [found[row] for row in rows]


def _check_rank(columns: np.ndarray, needed: int, n: int) -> None:
    if n_effects(columns) < needed:
        raise UsageError(
            f"no {n} pipelines were found that estimate the effect of every choice",
            where="max_pipelines",
            expected=f"more than {n}",
            fix=f"use max_pipelines={n + 2}",
            code="multiverse.few",
        )


def _notes(codes: np.ndarray, choices: Sequence[Choice]) -> list[str]:
    n_pairs, n_possible = estimable_pairs(codes, choices)
    mixed = aliases(codes, choices)
    listed = first_few((f"{main} with {a} x {b} ({r:.2f})" for main, a, b, r in mixed), n=_N_SHOWN)
    return [
        f"every main effect can be estimated, and {n_pairs} of {n_possible} two-way interactions, each beside them",
        f"mixed up (correlation of {ALIASED} or more): {listed or 'no main effect with any two-way interaction'}",
    ]
