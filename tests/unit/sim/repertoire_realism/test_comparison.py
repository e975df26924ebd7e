from functools import partial

import numpy as np
import pytest

from rashomon.sim.repertoire_realism.catalogue import PROPERTIES
from rashomon.sim.repertoire_realism.comparison import PAIR_COLUMNS, RANKING_COLUMNS, TABLE_COLUMNS, compare
from rashomon.sim.repertoire_realism.interval import MIN_DONORS
from tests.repertoire_sample import receptors


@pytest.fixture(scope="module")
def found():
    """Six people who differ in V, the law they come from, and one with other genes and residues."""
    rng = np.random.default_rng(8)
    shares = np.linspace(0.4, 0.6, 6)
    real = [receptors(260, rng, p_v=p, counts=True, donor=f"d{i}") for i, p in enumerate(shares)]
    candidates = {"wrong": partial(receptors, p_v=0.95, letters="ACCDEGK"), "right": partial(receptors, counts=True)}
    return compare(real, candidates, n=250, rng=5)


def test_tables_have_their_columns(found):
    """One row per candidate and property, in their order."""
    assert list(found.table.columns) == list(TABLE_COLUMNS)
    assert list(found.ranking.columns) == list(RANKING_COLUMNS)
    assert list(found.pairs.columns) == list(PAIR_COLUMNS)
    assert found.table["candidate"].tolist() == ["wrong"] * len(PROPERTIES) + ["right"] * len(PROPERTIES)
    assert found.table["property"].tolist() == list(PROPERTIES) * 2
    assert set(found.features) == set(PROPERTIES)
    assert set(found.table["n_donors"]) == {6}


def test_true_law_is_nearer_than_a_wrong_one(found):
    """It ranks first, it is no farther from people in V than they are from each other, and trees cannot see it."""
    assert found.ranking["candidate"].tolist() == ["right", "wrong"]
    rows = found.table.set_index(["candidate", "property"])
    for name in ("v", "kmer", "middle", "internal_cysteine"):
        assert rows.loc[("right", name), "rank"] == 1
    for name in ("v", "kmer", "middle"):
        assert rows.loc[("wrong", name), "low"] > 1
    # nobody has a cysteine: people do not differ
    assert rows.loc[("wrong", "internal_cysteine"), "reason"] == "no ratio: real repertoires do not differ"
    assert rows.loc[("right", "v"), "ratio"] < 1
    assert rows.loc[("right", "auc"), "value"] < 0.6
    assert rows.loc[("wrong", "auc"), "value"] > 0.9


def test_the_table_holds_means_of_pairs(found):
    """Value and reference are means over the distances that are listed; people have 15 pairs."""
    pairs = found.pairs.groupby(["candidate", "property"])["value"]
    rows = found.table[found.table["status"] == "ok"]
    for row in rows.itertuples():
        assert row.value == pytest.approx(pairs.mean()[row.candidate, row.property], nan_ok=True)
        assert row.reference == pytest.approx(pairs.mean()["real", row.property], nan_ok=True)
        assert (pairs.size()["real", row.property], pairs.size()[row.candidate, row.property]) == (15, 6)


def test_what_is_undefined_says_why_and_ranks_nobody(found):
    """Without counts there are no clone sizes, without a function no Pgen, and neither takes part in mean ranks."""
    rows = found.table.set_index(["candidate", "property"])
    assert rows.loc[("wrong", "d50"), ["status", "reason"]].tolist() == ["undefined", "has no counts"]
    assert "no function" in rows.loc[("right", "pgen"), "reason"]
    assert np.isnan(rows.loc[("right", "pgen"), "value"])
    wide = found.table.pivot_table(index="property", columns="candidate", values="value")
    common = wide.dropna().drop("auc")
    assert set(found.ranking["n_properties"]) == {len(common)}
    expected = common.rank(axis=1).mean()
    assert found.ranking.set_index("candidate")["mean_rank"].to_dict() == pytest.approx(expected.to_dict())


def test_curves_are_tidy(found):
    """Seven sizes of every curve, for people and candidates."""
    sizes = found.curves.groupby(["candidate", "property", "donor"]).size()
    assert set(sizes) == {7}
    assert set(found.curves["property"]) == {name for name, record in PROPERTIES.items() if record.curve}
    assert set(found.curves["candidate"]) == {"real", "wrong", "right"}


def test_one_repertoire_has_nobody_to_share_with(rng):
    """It is compared with every person, but for what people share; few people have no interval."""
    real = [receptors(90, rng, donor=name) for name in "ab"]
    rows = compare(real, {"copy": real[0]}, n=80, rng=1).table.set_index("property")
    assert rows.loc["sharing", "reason"] == "one repertoire shares with nobody of its kind"
    assert rows.loc["v", "reason"] == f"no interval: fewer than {MIN_DONORS} people, see pairs"
    assert np.isnan(rows.loc["v", "low"])
    assert np.isfinite(rows.loc["v", "value"])


def test_one_seed_gives_one_table(rng):
    """Equal seeds give equal tables, and a candidate's numbers do not depend on the others."""
    real = [receptors(90, rng) for _ in range(2)]
    both = compare(real, {"a": receptors, "b": partial(receptors, p_v=0.9)}, n=80, rng=1).table
    again = compare(real, {"b": partial(receptors, p_v=0.9)}, n=80, rng=1).table
    columns = ["property", "value", "reference", "ratio"]
    mine = both.loc[both["candidate"] == "b", columns].reset_index(drop=True)
    assert mine.equals(again[columns])
