"""Receptors drawn again: rows of an AIRR table by cell, and what was changed since."""

import pandas as pd
import pytest

from rashomon.sim.catalogue import WORLDS
from rashomon.sim.write import write_sample
from rashomon.study.seal.redraw_chain import redraw_chains

WORLD = WORLDS["motifs"].world


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Forty cells of the world as a table."""
    path = tmp_path_factory.mktemp("airr") / "chains.tsv"
    write_sample(WORLD, path, n_obs=40, rng=2)
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)


def test_rows_in_any_order_are_the_same(written):
    """The whole table, and a part of it in another order, are as they were drawn."""
    part = written.sample(12, random_state=1).reset_index(drop=True)
    for rows in (written, part):
        found = redraw_chains(WORLD, "2", rows)
        assert found.fits == "yes"
        assert (
            found.said
            == f"{len(rows)} rows were drawn again, with the same locus, v_call, j_call, junction, junction_aa"
        )


@pytest.mark.parametrize("name", ["v_call", "junction", "junction_aa", "locus"])
def test_a_changed_field_is_found(written, name):
    """One value of one row."""
    rows = written.copy()
    rows.loc[3, name] += "A"
    assert redraw_chains(WORLD, "2", rows).said.startswith("1 rows are not those that the world draws")


def test_a_row_twice_is_found(written):
    """Copies of a row are not what was drawn; nor are the cells of another seed."""
    rows = pd.concat([written, written.iloc[:3]], ignore_index=True)
    assert redraw_chains(WORLD, "2", rows).said.startswith("3 rows")
    assert redraw_chains(WORLD, "3", written).fits == "no"


def test_chains_of_a_lane_are_not_judged_in_parts():
    """Where molecules hop between cells, a part of them cannot be drawn alone, and nobody is accused."""
    world = WORLDS["index_hopping"].world
    receptors = world.sample(90, rng=1).receptors
    rows = pd.DataFrame(
        {
            "cell_id": [f"cell_{i}" for i in receptors.obs],
            "junction": receptors.junction.astype(str),
        }
    )
    assert redraw_chains(world, "1", rows).fits == "yes"
    assert redraw_chains(world, "1", rows[receptors.obs < 60].reset_index(drop=True)).fits in {"yes", "not known"}


def test_what_cannot_be_compared_is_not_known(written):
    """Cells with other names, no junctions, no seed."""
    assert redraw_chains(WORLD, "", written).fits == "not known"
    assert redraw_chains(WORLD, "2", written.drop(columns="junction")).fits == "not known"
    assert redraw_chains(WORLD, "2", written.assign(cell_id="AAAC-1")).fits == "not known"
    assert redraw_chains(WORLD, "2", written.drop(columns=["cell_id", "sequence_id"])).fits == "not known"
