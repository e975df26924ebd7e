from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest, hypergeom

from rashomon.ask.receptor.composition import copies, crossed, donors, first_chains, genes, invariants, share_of
from rashomon.core import UsageError
from tests import planted_receptors as plant


@pytest.fixture
def table():
    """Sixty receptors in three clusters."""
    found = plant.frame(60, np.random.default_rng(2))
    return found.assign(cluster=np.repeat([0, 1, 2, -1], 15))


def test_chains_are_those_of_the_table(table):
    """Genes without allele, residues, nucleotides, in the order of the rows."""
    found = first_chains(plant.dataset(table))
    assert found["v"].tolist() == [name.partition("*")[0] for name in table["v"]]
    assert found["length"].tolist() == table["aa"].str.len().tolist()
    assert found["nt"].tolist() == [text.encode() + b"+" for text in table["nt"]]
    assert (first_chains(plant.dataset(table), "vj")["length"] == 0).all()
    with pytest.raises(UsageError, match="no receptors"):
        first_chains(replace(plant.dataset(table), receptors=None))


def test_calls_of_several_genes_count_for_each(table):
    """A call that cannot decide between two genes is one of either."""
    table.loc[:14, "v"] = ["TRBV6-2*01,TRBV6-3*01"] * 8 + ["TRBV6-3*02"] * 7
    row = genes(plant.judged(table), first_chains(plant.dataset(table))).iloc[0]
    assert (row["top_v"], row["v_share"]) == ("TRBV6-3", 1.0)
    assert row["v_p"] == pytest.approx(binomtest(15, 15, 15 / 60, alternative="greater").pvalue)


def test_unknown_calls_have_no_gene(table):
    """Receptors without a call are no part of the share."""
    table.loc[:14, "v"] = ""
    row = genes(plant.judged(table), first_chains(plant.dataset(table))).iloc[0]
    assert row["top_v"] == ""
    assert np.isnan([row["v_share"], row["v_p"]]).all()


def test_donor_has_its_chance(table):
    """So many of one donor, by the hypergeometric distribution."""
    table.loc[:14, "donor"] = ["d0"] * 12 + ["d1"] * 3
    row = donors(plant.judged(table), plant.dataset(table)).iloc[0]
    total = int((table["donor"] == "d0").sum())
    assert (row["top_donor"], row["n_donors"], row["top_donor_share"]) == ("d0", 2, 0.8)
    assert row["top_donor_p"] == pytest.approx(hypergeom.sf(11, 60, total, 15))
    unknown = donors(plant.judged(table), plant.dataset(table, donor=False))
    assert unknown["n_donors"].isna().all()


def test_twins_need_two_donors_one_batch_and_unequal_copies(table):
    """Of four conditions for a leaked clone, each is needed."""
    twin = {"aa": "CASSAAAAAYF", "nt": plant.translate("CASSAAAAAYF"), "batch": "b0"}
    for column, value in twin.items():
        table.loc[[0, 1], column] = value
    table.loc[[0, 1], "donor"] = ["d0", "d1"]
    table.loc[[0, 1], "copies"] = [50.0, 1.0]

    def share(**changed):
        changed_table = table.copy()
        for column, values in changed.items():
            changed_table.loc[[0, 1], column] = values
        data = plant.dataset(changed_table)
        return copies(plant.judged(table), data, first_chains(data), copies_ratio=20)["contaminated_share"][0]

    assert share() == pytest.approx(2 / 15)
    assert share(donor=["d0", "d0"]) == 0
    assert share(batch=["b0", "b1"]) == 0
    assert share(copies=[5.0, 1.0]) == 0
    assert share(nt=[twin["nt"], twin["nt"][:-3] + "TTC"]) == 0


def test_copies_that_nobody_counted_are_unknown(table):
    """Without the column there is no sum, and nothing is said of twins."""
    data = plant.dataset(table)
    bare = replace(data, obs=data.obs.drop(columns="copies"))
    assert copies(plant.judged(table), bare, first_chains(bare), copies_ratio=20).isna().all(axis=None)
    found = copies(plant.judged(table), data, first_chains(data), copies_ratio=20)
    assert found["copies"].tolist() == [15.0, 15.0, 15.0]


def test_invariant_chains_are_counted_once_per_receptor(table):
    """The kind is the more common one; without flags nobody looked."""
    table.loc[:9, "mait"] = True
    data = plant.dataset(table)
    found = invariants(plant.judged(table), data)
    assert found["invariant"].tolist() == ["MAIT-like", "", ""]
    assert found["invariant_share"].tolist() == pytest.approx([10 / 15, 0, 0])
    bare = replace(data, receptors=replace(data.receptors, flags={}))
    assert invariants(plant.judged(table), bare)["invariant_share"].isna().all()


def test_codes_meet_and_shares_are_taken():
    """Negative codes meet nobody; nothing of nothing is unknown."""
    assert crossed(np.array([0, 0, 1, -1]), np.array([1, 1, 0, 0]), (2, 2)).tolist() == [[0, 2], [1, 0]]
    np.testing.assert_array_equal(share_of(np.array([1, 0]), np.array([4, 0])), [0.25, np.nan])
