"""Fractions of any multiverse: levels equally often, every effect estimable, the same for the same generator."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rashomon.core import UsageError
from rashomon.multiverse import Choice, Multiverse, Option
from rashomon.multiverse.design import effects, level_codes, n_effects
from rashomon.multiverse.draw import imbalance
from rashomon.multiverse.fraction import count_pipelines, select


def options(n, *, prefix, n_other=0):
    """Equivalent options, then some that are not."""
    equivalent = [Option(f"{prefix}{i}", "") for i in range(n)]
    return (*equivalent, *(Option(f"{prefix}x{i}", "", equivalence="exploratory") for i in range(n_other)))


@st.composite
def multiverses(draw):
    """Three to six choices of two to four levels; some apply only at some levels of the first; some have branches."""
    first = Choice("a", options(draw(st.integers(2, 3)), prefix="a"))
    choices = [first]
    for name in "bcdef"[: draw(st.integers(2, 5))]:
        within = {"a": first.levels[: draw(st.integers(1, len(first.levels)))]} if draw(st.booleans()) else {}
        n_other = draw(st.sampled_from([0, 0, 0, 1]))
        choices.append(Choice(name, options(draw(st.integers(2, 4)), prefix=name, n_other=n_other), within=within))
    choices.append(Choice("seed", (Option(0, ""), Option(1, "")), replicate=True))
    return Multiverse(tuple(choices))


def at_home(multiverse):
    """The choices with their equivalent options only, and the pipelines of them."""
    choices = tuple(
        Choice(c.name, tuple(o for o in c.options if o.equivalence == "equivalent"), within=c.within)
        for c in multiverse.choices
        if not c.replicate
    )
    return choices, [setting for setting in multiverse.settings() if not multiverse.branch(setting)]


@given(multiverses(), st.integers(0, 60), st.integers(0, 3))
def test_fractions_are_balanced_and_estimate_every_effect(whole, more, seed):
    """Levels occur equally often within one, unless a level has no more pipelines; all main effects have full rank."""
    n_branches = sum(option.equivalence != "equivalent" for choice in whole.choices for option in choice.options)
    choices, everything = at_home(whole)
    needed = n_effects(effects(level_codes(everything, choices), choices)[0])
    n = needed + n_branches + more
    assume(n < count_pipelines(whole.choices[:-1]))
    part = select(whole, max_pipelines=n, rng=np.random.default_rng(seed))
    _, drawn = at_home(part)
    codes, of_all = level_codes(drawn, choices), level_codes(everything, choices)
    assert n_effects(effects(codes, choices)[0]) == needed
    assert len(part.settings()) <= n
    assert part.setting(part.default) in part.settings()
    assert len({tuple(setting.items()) for setting in part.settings()}) == len(part.settings())
    if len(drawn) >= 2 * needed and imbalance(codes) > 0:
        exhausted = [
            np.bincount(column[column >= 0]).tolist() == np.bincount(whole_column[whole_column >= 0]).tolist()
            or np.any(np.bincount(column[column >= 0]) == np.bincount(whole_column[whole_column >= 0]))
            for column, whole_column in zip(codes.T, of_all.T, strict=True)
        ]
        assert any(exhausted)


@given(multiverses(), st.integers(0, 3))
def test_the_same_generator_draws_the_same(whole, seed):
    """A fraction can be drawn again."""
    n = count_pipelines(whole.choices[:-1])
    assume(n > 24)
    first, second = (select(whole, max_pipelines=24, rng=np.random.default_rng(seed)) for _ in range(2))
    assert first.drawn == second.drawn


@given(multiverses())
def test_too_few_pipelines_name_the_smallest_number(whole):
    """One fewer than there are effects and branches is refused; the number that is named is accepted."""
    choices, everything = at_home(whole)
    n_branches = sum(option.equivalence != "equivalent" for choice in whole.choices for option in choice.options)
    needed = n_effects(effects(level_codes(everything, choices), choices)[0]) + n_branches
    assume(needed < count_pipelines(whole.choices[:-1]))
    with pytest.raises(UsageError, match=f"{needed - 1} pipelines cannot estimate") as caught:
        select(whole, max_pipelines=needed - 1, rng=np.random.default_rng(0))
    assert f"use max_pipelines={needed}," in caught.value.fix
    assert len(select(whole, max_pipelines=needed, rng=np.random.default_rng(0)).settings()) <= needed


@given(multiverses())
def test_counting_is_listing(whole):
    """The number of pipelines without listing them is the number of those that are listed."""
    assert count_pipelines(whole.choices) == len(whole)


@given(multiverses(), st.integers(12, 40))
def test_branches_differ_from_drawn_pipelines_in_one_option(whole, n):
    """Each pipeline of a branch has a drawn one that is the same but for the one option, and what depends on it."""
    try:
        part = select(whole, max_pipelines=n, rng=np.random.default_rng(0))
    except UsageError:
        assume(False)
    assume(part.is_fraction)
    for setting in part.settings():
        departures = [name for name, level in setting.items() if "x" in str(level)]
        assert len(departures) <= 1
        if departures:
            pairs = [other for other in part.settings() if not part.branch(other)]
            assert any(
                all(other.get(name) == level for name, level in setting.items() if name not in departures)
                for other in pairs
            )
