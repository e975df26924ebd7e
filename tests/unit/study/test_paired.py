"""The paired part: every cell is accounted for, clones are of a donor, labels lead back to the cells."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon import study
from rashomon.ask import Judged
from rashomon.cluster.clonotype import define_clonotypes
from rashomon.dataset import Dataset
from rashomon.study.paired import counts_line, pair
from rashomon.study.paired_table import AGREEMENT
from tests import planted_paired


def audited(table, *, states=None):
    """A finished audit of the labels of such cells."""
    codes = table["state"].to_numpy(dtype=np.int32) if states is None else states
    judged = Judged("state", codes, tuple(f"s{i}" for i in range(planted_paired.N_STATES)), own=True)
    return study.audit(Dataset(pd.DataFrame(index=table.index)), judged)


@pytest.fixture(scope="module")
def made():
    """Cells, and their paired part; the receptors come in another order and lack some cells."""
    rng = np.random.default_rng(5)
    table = planted_paired.cells(planted_paired.clones(rng), rng)
    order = rng.permutation(len(table))[:-20]
    states = table["state"].to_numpy(dtype=np.int32).copy()
    states[order[:9]] = -1
    receptors = planted_paired.receptors(table.iloc[order])
    return table, receptors, states, pair(audited(table, states=states), receptors, n_receptors=400)


def test_every_cell_is_accounted_for(made):
    """Those left out, each for one reason, and those used are those with both."""
    table, receptors, _, found = made
    counts = found["paired_counts"]
    n = counts.groupby("step")["n_cells"].sum()
    assert n[["with expression", "with receptors", "with both"]].tolist() == [len(table), 400, receptors.n_obs]
    assert n["left out"] + n["used"] == receptors.n_obs
    assert counts.loc[counts["step"] == "left out", ["n_cells", "reason"]].to_numpy().tolist() == [
        [9, "in no expression cluster"]
    ]


def test_cells_keep_their_names_states_and_clones(made):
    """One row per shared cell in the order of the receptors; clones are those planted, each of one donor."""
    table, receptors, states, found = made
    cells = found["paired_cells"]
    assert cells["cell"].tolist() == receptors.obs_names.tolist()
    own = table.loc[cells["cell"]].assign(found=cells["clone"].to_numpy(), used=cells["used"].to_numpy())
    known = states[table.index.get_indexer(cells["cell"])] >= 0
    assert (cells["used"].to_numpy() == known).all()
    used = own[own["used"]]
    key = used["aa"] + used["donor"].astype(str)
    assert (used.groupby("found")["aa"].nunique() == 1).all()
    assert used["found"].nunique() == key.nunique()
    sizes = key.map(key.value_counts()).to_numpy()
    assert (cells.loc[cells["used"], "clone_cells"].to_numpy() == sizes).all()


def test_receptor_clusters_are_the_planted_families(made):
    """A cluster holds clonotypes of one family, and two or more of them; most members are in one."""
    table, _, _, found = made
    cells = found["paired_cells"].set_index("cell").join(table[["family"]])
    inside = cells[cells["receptor_cluster"] >= 0]
    assert (inside.groupby("receptor_cluster")["family"].nunique() == 1).all()
    assert (inside.groupby("receptor_cluster")["clone"].nunique() >= 2).all()
    assert (inside["family"] >= 0).mean() == 1.0
    assert (cells.loc[cells["used"] & (cells["family"] >= 0), "receptor_cluster"] >= 0).mean() > 0.9


def test_the_order_of_cells_changes_no_number(made):
    """Receptors in the order of the expression give the same agreement and the same pairs."""
    table, receptors, states, found = made
    order = np.sort(table.index.get_indexer(receptors.obs_names))
    again = pair(audited(table, states=states), planted_paired.receptors(table.iloc[order]), n_receptors=400)
    columns = ["quantity", "n", "reason"]
    assert again["paired"][columns].equals(found["paired"][columns])
    values = [tables["paired"].loc[0, "value"] for tables in (again, found)]
    assert values[0] == pytest.approx(values[1], abs=0.03)
    pairs = [tables["paired_clusters"][["observed", "p"]].sort_values(["p", "observed"]) for tables in (again, found)]
    assert pairs[0].to_numpy() == pytest.approx(pairs[1].to_numpy())


def test_copies_of_a_clone_in_two_donors_are_two(made):
    """The same receptor in another donor is another clonotype."""
    table, *_ = made
    part = table[table["family"] >= 0].drop_duplicates("clone")
    twice = pd.concat([part, part.assign(donor=part["donor"] + 100).rename(lambda name: f"{name} again")])
    found = pair(audited(twice), planted_paired.receptors(twice), n_receptors=len(twice))
    assert found["paired_cells"]["clone"].nunique() == 2 * len(part)
    one = pair(audited(twice), planted_paired.receptors(twice, donor=False), n_receptors=len(twice))
    assert one["paired_cells"]["clone"].nunique() == part["aa"].nunique() < len(part)
    assert (one["paired"]["donors"] == "").all()


def test_without_shared_cells_there_are_counts_alone(made):
    """No receptors, none shared, or none with a junction: one table that says why."""
    table, receptors, *_ = made
    none = pair(audited(table), None, n_receptors=7, reason="names repeat")
    assert list(none) == ["paired_counts"]
    assert none["paired_counts"].to_numpy().tolist()[2:] == [
        ["with both", 0, "names repeat"],
        ["used", 0, "names repeat"],
    ]
    assert receptors.receptors is not None
    empty = replace(
        receptors.receptors, junction_aa=np.full(receptors.n_obs, b""), junction=np.full(receptors.n_obs, b"")
    )
    bare = pair(audited(table), replace(receptors, receptors=empty), n_receptors=receptors.n_obs)
    assert bare["paired_counts"].to_numpy().tolist()[3:] == [
        ["left out", receptors.n_obs, "no junction"],
        ["used", 0, "no cell with both has a junction"],
    ]


def test_clones_are_those_of_the_definition(made):
    """Nucleotides with V and J of the beta chain; without nucleotides amino acids."""
    table, receptors, *_ = made
    found = pair(audited(table), receptors, n_receptors=1)
    assert (found["paired"]["clonotype"] == "nt+V+J, beta").all()
    assert receptors.receptors is not None
    donor = receptors.roles.donor
    expected = define_clonotypes(receptors.receptors, receptors.n_obs, "nt+V+J, beta", donor=donor.codes)
    assert found["paired_cells"]["clone"].tolist() == expected.tolist()
    bare = replace(receptors, receptors=replace(receptors.receptors, junction=np.full(receptors.n_obs, b"")))
    assert pair(audited(table), bare, n_receptors=1)["paired"]["clonotype"].iloc[0] == "aa+V+J, beta"


def test_planted_agreement_is_found_and_none_is_not(made):
    """Families in one state: determined beyond donors; states at random: no more than chance."""
    *_, found = made
    rows = found["paired"].set_index("quantity")
    assert rows.loc[AGREEMENT, "value"] > 0.6
    assert rows.loc[AGREEMENT, "p"] == 0.005
    assert (found["paired_clusters"]["q"] <= 0.05).sum() >= 4
    table, receptors, *_ = made
    shuffled = table.assign(state=np.random.default_rng(0).permutation(table["state"]))
    rows = pair(audited(shuffled), receptors, n_receptors=400)["paired"].set_index("quantity")
    assert rows.loc[AGREEMENT, "value"] < 0.2
    assert rows.loc[AGREEMENT, "p"] > 0.05


def test_counts_are_said_in_one_line():
    """With separators."""
    assert counts_line(1500, 20, 1) == "1,500 cells with expression, 20 with receptors, 1 with both"
