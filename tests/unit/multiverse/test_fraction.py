"""Which pipelines are run, on examples; what holds for all multiverses is tested in tests/property."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.multiverse import Choice, Multiverse, Option, expression_multiverse
from rashomon.multiverse.fraction import count_pipelines, select
from tests.planted import toy_multiverse, with_batches

TOY = toy_multiverse()


def drawn(whole, n, *, keep=None, seed=0):
    """A selection."""
    return select(whole, max_pipelines=n, keep=keep, rng=np.random.default_rng(seed))


def test_few_enough_are_all_run():
    """Nothing is drawn, and nothing said about it."""
    part = drawn(TOY, 6)
    assert part.drawn is None
    assert part.settings() == TOY.settings()
    assert (part.n_whole, part.is_fraction, part.notes) == (6, False, ())


def test_two_departures_at_once_are_left_out():
    """Exploratory means on integrated data answer no question; declared by the user, they are there."""
    both = Multiverse(
        (Choice("integrate", (Option("no", ""), Option("yes", "", "", "another question"))), *TOY.choices)
    )
    part = drawn(both, 100)
    assert (count_pipelines(both.choices[:-2]), len(part.settings())) == (12, 9)
    kept = drawn(both, 100, keep={"integrate": "yes", "clusterer": "kmeans"})
    assert len(kept.settings()) == 10
    assert [kept.branch(setting) for setting in kept.settings()].count("integrate=yes, clusterer=kmeans") == 1


def test_a_fraction_says_what_it_mixes_up():
    """Main effects that can be estimated, interactions that can, and which are mixed up at which correlation."""
    part = expression_multiverse(with_batches(), budget="quick")
    assert part.is_fraction
    assert part.notes[0].startswith("every main effect can be estimated, and ")
    assert part.notes[1].startswith("mixed up (correlation of 0.5 or more): ")
    assert part.lines()[-2:] == list(part.notes)


def test_pipelines_stay_in_the_order_of_the_tree():
    """Neighbours share the longest prefix, as they do in the whole."""
    whole = expression_multiverse(with_batches(), budget="default")
    order = [tuple(choice.levels.index(s[choice.name]) if choice.name in s else -1 for choice in whole.choices
                   if not choice.granularity and not choice.replicate) for s in whole.settings()]  # fmt: skip
    assert order == sorted(order)


def test_another_stream_draws_another_fraction():
    """Chance decides between equals, and the stream decides chance."""
    first, second, third = (
        expression_multiverse(with_batches(), budget="default", rng=np.random.default_rng(seed)).settings()
        for seed in (0, 0, 1)
    )
    assert first == second != third


def test_too_few_are_refused():
    """The smallest number is named, and what it is made of."""
    with pytest.raises(UsageError, match="3 pipelines cannot estimate") as caught:
        drawn(TOY, 3)
    assert caught.value.code == "multiverse.few"
    assert caught.value.expected == "at least 4: 3 effects, and one pipeline in each of 1 branches"
    assert len(drawn(TOY, 4).settings()) == 4


def test_huge_grids_are_sampled():
    """More combinations than can be listed: a fraction is drawn from a part of them, and still estimates."""
    many = Multiverse(tuple(Choice(f"c{j}", tuple(Option(i, "") for i in range(3))) for j in range(12)))
    part = drawn(many, 40)
    assert (part.n_whole, len(part.settings())) == (3**12, 40)
    assert part.setting(part.default) in part.settings()
