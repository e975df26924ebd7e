"""Laws of the verdict on one set of cells."""

import numpy as np
import pytest

from rashomon.structure.node import MIN_CELLS, VERDICTS, node_test
from rashomon.structure.reference import dip_p
from tests.structure_sample import groups, sample


def test_two_groups_are_groups(rng):
    """Eight markers at log2 2.3 in half of 400 cells; p-values are those of the tables."""
    found = node_test(groups(rng).counts, rng=rng)
    assert found.verdict == "groups"
    assert found.p_structure == 0.01
    assert found.p_groups == dip_p(found.dip, n=400, k=found.n_components)
    assert found.p_suggestive == dip_p(found.dip, n=400, k=found.n_components, reference="gaussian")
    assert found.detail == VERDICTS["groups"]


def test_one_population_is_no(rng):
    """No structure: groups are not looked for, and the answer says what would have been seen."""
    found = node_test(sample("plain", np.random.default_rng(5)).counts, rng=rng)
    assert found.verdict == "no"
    assert np.isnan(found.p_groups)
    assert np.isnan(found.dip)
    assert "would have been seen with 80 % power" in found.detail


def test_a_line_is_no_groups(rng):
    """A uniform gradient is structure without a gap: nobody can tell."""
    found = node_test(sample("line", rng).counts, rng=rng)
    assert found.verdict == "cannot tell"
    assert found.p_structure <= 0.05
    assert found.p_groups > 0.05
    assert "gradient" in found.detail


def test_a_circle_is_a_closed_gradient():
    """Its two modes are joined by a way round."""
    rng = np.random.default_rng(6)
    found = node_test(sample("circle", rng).counts, rng=rng)
    assert found.verdict == "closed gradient"
    assert found.loop == "closed"
    assert found.loop_ratio > 1.3


def test_few_cells_are_not_tested(rng):
    """Below 50 cells the answer is that nobody can tell, with the reason."""
    found = node_test(groups(rng, n=MIN_CELLS - 1).counts, rng=rng)
    assert found.verdict == "cannot tell"
    assert "49 cells are fewer than 50" in found.detail
    assert np.isnan(found.p_structure)


def test_few_genes_are_not_tested(rng):
    """Fewer than ten genes that are seen: nobody can tell."""
    found = node_test(groups(rng, g=9, markers=2).counts, rng=rng)
    assert "9 genes are seen" in found.detail


def test_groups_that_are_batches_are_not_found(rng):
    """The same groups are gone where they are the batches: differences between batches are taken out."""
    made = groups(rng)
    assert node_test(made.counts, batch=made.group, rng=rng).verdict != "groups"


def test_a_small_level_draws_more_permutations(rng):
    """A level of 0.005 needs 199 permutations, and gets them; with fewer given by hand nothing can be rejected."""
    counts = groups(rng, n=150, g=60).counts
    assert node_test(counts, alpha=0.005, rng=rng).p_structure == 0.005
    assert node_test(counts, alpha=0.005, n_permutations=99, rng=rng).verdict == "no"


@pytest.mark.parametrize("kind", ["plain", "programmes"])
def test_the_same_generator_gives_the_same_verdict(kind):
    """Every field but NaN is the same again."""
    counts = sample(kind, np.random.default_rng(1), n=120, g=60).counts
    one, two = (vars(node_test(counts, rng=np.random.default_rng(2))) for _ in range(2))
    assert str(one) == str(two)
