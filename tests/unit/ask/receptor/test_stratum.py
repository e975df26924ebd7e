"""Strata of receptors: one for each combination of V, J and length."""

import numpy as np
import pytest

from rashomon.ask.receptor.stratum import matched_strata
from rashomon.dataset import unique_receptors
from tests.receptor_sample import receptors, table


@pytest.mark.parametrize(("chain", "n_strata"), [("vdj", 3), ("paired", 3), ("vj", 1)])
def test_receptors_of_a_stratum_share_gene_and_length(chain, n_strata):
    """Two V and two lengths in three combinations; an arm that nobody has tells nobody apart."""
    chains = receptors(["CASSLGQGYEQF", "CASSPGTGYEQF", "CASSLGQGGYEQF", "CASSIGQGYEQF"],
                       v=["TRBV9", "TRBV9", "TRBV9", "TRBV28"])  # fmt: skip
    found = matched_strata(unique_receptors(table(chains, donor=list("abcd")))[0], chain=chain)
    assert np.unique(found).size == n_strata
    assert found[0] == found[1]
