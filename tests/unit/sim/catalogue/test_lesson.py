import math

import pytest

from rashomon.core import UsageError
from rashomon.sim.catalogue.lesson import CatalogueWorld, Expectation, check_lesson
from rashomon.sim.judge import judge
from rashomon.sim.judge_receptor import judge_receptors

KNOBS = {"n_groups": 2, "n_genes": 80, "n_markers": 15, "effect_size": 3.0, "depth": 500.0}
TRUE = Expectation("homogeneity", "type", "The types are far apart.", low=0.8)
FALSE = Expectation("silhouette", "", "Nobody claims this.", low=0.999)


def entry(*expectations):
    """A world of two types far apart."""
    return CatalogueWorld("pair", "Two types.", "Both are found.", "nobody", KNOBS, expectations, n_obs=90)


@pytest.mark.parametrize(
    ("low", "high", "sense"),
    [
        (0.5, math.inf, "at least 0.5"),
        (-math.inf, 0.5, "at most 0.5"),
        (0.2, 0.5, "between 0.2 and 0.5"),
        (3, 3, "exactly 3"),
    ],
)
def test_a_range_is_said_in_words(low, high, sense):
    """The words follow from the ends; both ends belong to the range."""
    expected = Expectation("ari", "type", "why", low=low, high=high)
    assert (expected.sense, expected.claim) == (sense, f"ari with type {sense}")
    assert all(expected.holds(end) for end in (low, high) if math.isfinite(end))
    assert not expected.holds(low - 0.01) or math.isinf(low)
    assert not expected.holds(high + 0.01) or math.isinf(high)


def test_an_undefined_score_meets_no_expectation():
    """NaN lies in no range."""
    assert not TRUE.holds(math.nan)
    assert not Expectation("silhouette", "", "why", high=1.0).holds(math.nan)


@pytest.mark.parametrize(
    ("score", "truth", "ends", "said"),
    [
        ("arid", "type", {"low": 0.5}, "unknown score 'arid'"),
        ("ari", "", {"low": 0.5}, "ari with truth ''"),
        ("silhouette", "type", {"low": 0.5}, "silhouette with truth 'type'"),
        ("ari", "type", {}, "ari between -inf and inf"),
        ("ari", "type", {"low": 0.6, "high": 0.5}, "ari between 0.6 and 0.5"),
    ],
)
def test_expectations_that_say_nothing_are_refused(score, truth, ends, said):
    """A claim names a score that exists, a truth where one is used, and a range that can be missed."""
    with pytest.raises(ValueError, match=said):
        Expectation(score, truth, "why", **ends)


def test_a_world_of_the_catalogue_is_a_world():
    """Name, summary, knobs and number of cells are those of the entry."""
    world = entry().world
    assert (world.name, world.summary, world.n_obs, world.knobs["n_groups"]) == ("pair", "Two types.", 90, 2)


def test_a_lesson_is_what_judge_finds():
    """Values are those of `judge` on the same draw; claims that are false are reported as false."""
    found = check_lesson(entry(TRUE, FALSE), rng=3)
    simulated = entry().world.sample(rng=3)
    direct = judge(simulated, scores=["homogeneity", "silhouette"], rng=3)
    assert found["value"].tolist() == direct["value"].tolist()
    assert found["holds"].tolist() == [True, False]
    assert found["why"].tolist() == [TRUE.why, FALSE.why]


def test_the_same_seed_teaches_the_same():
    """Cells and pipeline follow from the seed, and from nothing else; fewer cells can be asked for."""
    first, second = (check_lesson(entry(TRUE, FALSE), n_obs=60, rng=5) for _ in range(2))
    assert first.equals(second)
    assert first["value"].tolist() != check_lesson(entry(TRUE, FALSE), rng=5)["value"].tolist()


def test_a_world_without_expectations_has_no_lesson_to_check():
    """Nothing to check is an error, not a pass."""
    with pytest.raises(UsageError, match="pair has no expectations"):
        check_lesson(entry(), rng=0)


PUBLIC = {"n_donors": 2, "public_share": 0.5, "n_public": 6, "n_genes": 60}
SHARED = Expectation("cross_donor_pairs", "", "Donors share a list.", low=0.6, part="receptors")
STRICT = Expectation("clustered", "", "V agrees, too.", high=0.9, part="receptors", by={"v_match": "gene"})


def both():
    """Cells of one population with receptors of a list; one claim about each clustering."""
    cells = Expectation("n_clusters", "", "Leiden cuts.", low=1)
    asked = (cells, SHARED, STRICT)
    parts = ("expression", "receptors")
    return CatalogueWorld("both", "Both.", "Both.", "nobody", PUBLIC, asked, n_obs=80, parts=parts)


def test_a_claim_says_what_is_clustered_and_how():
    """Claims about receptors name them, and the levels in which their pipeline differs; those of cells stay short."""
    assert SHARED.claim == "cross_donor_pairs of receptors at least 0.6"
    assert STRICT.claim == "clustered of receptors (v_match gene) at most 0.9"
    assert hash(STRICT) == hash(Expectation("clustered", "", "V agrees, too.", high=0.9, part="receptors"))


def test_each_part_is_judged_by_its_own_scores():
    """A score of cells is none of receptors, and expression has one pipeline."""
    with pytest.raises(ValueError, match="unknown score 'silhouette'"):
        Expectation("silhouette", "", "why", low=0, part="receptors")
    with pytest.raises(ValueError, match="retention with truth ''"):
        Expectation("retention", "", "why", low=0, part="receptors")
    with pytest.raises(ValueError, match="the pipeline of expression is that of all defaults"):
        Expectation("n_clusters", "", "why", low=1, by={"v_match": "gene"})


def test_a_paired_lesson_is_what_both_judges_find():
    """Each claim is compared with the judge of its part and the pipeline that it names."""
    entry = both()
    found = check_lesson(entry, rng=3)["value"].tolist()
    simulated = entry.world.sample(rng=3)
    direct = [
        judge(simulated, scores=["n_clusters"], rng=3),
        judge_receptors(simulated, scores=["cross_donor_pairs"], truths=[], rng=3),
        judge_receptors(simulated, scores=["clustered"], truths=[], pipeline={"v_match": "gene"}, rng=3),
    ]
    assert found == [table["value"][0] for table in direct]
