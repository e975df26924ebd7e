"""What is said of splits and clusters."""

import pytest

from rashomon.structure.judged_tree import SPLIT_VERDICTS, JudgedSplit, JudgedTree
from rashomon.structure.labelling import LABELLINGS, labelling
from rashomon.structure.split_word import cluster_sentence, merged_name, p_words, split_sentence

NAMES = ("B", "T", "NK")


def one(verdict, **given):
    """A split of B and T."""
    return JudgedSplit((0,), (1,), 60, 50, p=0.04, p_adjusted=0.08, seen_gap=4.5, verdict=verdict, **given)


@pytest.mark.parametrize("verdict", SPLIT_VERDICTS)
def test_every_verdict_is_a_sentence_with_both_sides(verdict):
    """It starts with the names and ends with a full stop; types are never claimed."""
    said = split_sentence(one(verdict, reason="because"), NAMES)
    assert said.startswith("B and T")
    assert said.endswith(".")
    assert "real" not in said


def test_p_values_are_short():
    """Two digits, and a bound below .001."""
    assert [p_words(p) for p in (1.0, 0.5, 0.012, 0.0001)] == ["p = 1.00", "p = 0.50", "p = 0.012", "p < 0.001"]


def test_many_clusters_are_counted():
    """Up to four are named."""
    assert merged_name((0, 1, 2), NAMES) == "B + T + NK"
    assert merged_name(tuple(range(6)), tuple("abcdef")) == "a + b + c + 3 more"


def test_a_merged_cluster_names_its_nearest_mate():
    """The sentence says with which, and why."""
    splits = (
        JudgedSplit((0,), (1, 2), 60, 90, p=0.5, seen_gap=4.0, verdict="not separated", contact=(0, 1)),
        JudgedSplit((1,), (2,), 50, 40, p=0.6, seen_gap=4.5, verdict="not separated"),
    )
    tree = JudgedTree(splits, (), (0, 1, 2), ((0.0, 1.0, 2.0), (1.0, 0.0, 3.0), (2.0, 3.0, 0.0)), 150, 150)
    found = labelling(tree, merged=LABELLINGS["recommended"])
    said = cluster_sentence(2, found, tree, NAMES)
    assert said.startswith("NK is merged with B and 1 more. T and NK are not separated (p = 0.60)")


def test_the_only_cluster_and_no_structure_have_sentences():
    """Nothing is left unsaid."""
    alone = JudgedTree((), (), (0,), ((0.0,),), 10, 10)
    assert cluster_sentence(0, labelling(alone, merged=()), alone, NAMES) == "B is the only cluster."
    two = JudgedTree((one("separated"),), (), (0, 1), ((0.0, 1.0), (1.0, 0.0)), 10, 10)
    found = labelling(two, merged=(), none_at_all=True)
    assert "nothing beyond depth" in cluster_sentence(0, found, two, NAMES, none_at_all=True)
