"""The tree shows what is chosen, where, and how often it is computed."""

from rashomon.multiverse.tree import condition, tree_lines
from tests.planted import toy_multiverse

TOY = toy_multiverse()


def test_every_choice_is_a_line():
    """Depth by depth: options, default, class, condition, and the number of distinct results."""
    assert tree_lines(TOY) == [
        "norm: log*, residuals   [2 distinct]",
        "  scale: clip*, none (only with norm in log)   [3 distinct]",
        "    clusterer: leiden*, kmeans [exploratory]   [6 distinct]",
        "      n_neighbours: 15* (only with clusterer in leiden)   [6 distinct]",
        "        resolution: 1.0*, 0.5 (only with clusterer in leiden)   [9 distinct; how fine]",
        "          seed: 0*, 1   [18 distinct; repeats]",
        "6 pipelines, 18 runs",
    ]


def test_conditions_are_words():
    """All of them, joined; none is empty."""
    assert condition(TOY["scale"]) == "norm in log"
    assert condition(TOY["norm"]) == ""
