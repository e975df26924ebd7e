"""Lineages of B cells in a world."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.lineage import CONSTANT_GENES, Law, Targeting, grow, grow_light
from rashomon.sim.repertoire.bcell import lineage_columns, refuse_part
from rashomon.sim.repertoire.chain import cell_receptors
from rashomon.sim.repertoire.sequence import model_of
from rashomon.sim.stream import stream_key
from rashomon.sim.world import World

N, ROOT = 150, 5
GIVEN = {"loci": "IGH+IGK", "n_clones": 12, "clone_exponent": 0.5, "hypermutation": 0.01, "class_switching": 0.3}


def world(**knobs):
    return World("b cells", {**GIVEN, **knobs}, parts=("receptors",))


def cells(of=None, n=N):
    return (of or world()).scene(n, root=ROOT).cells(np.arange(n))


@pytest.mark.parametrize("topology", ["birth", "star", "coalescent"])
def test_a_world_grows_its_clones_as_the_lineage_room_does(topology):
    """Chains and classes of the cells are those of `grow` on the chain of each clone, with its cells as members."""
    s = cells(world(tree_topology=topology, tree_trunk=2.0, hot_spot=6.0))
    units, first, place, sizes = np.unique(s["clone"], return_index=True, return_inverse=True, return_counts=True)
    key, heavy, light = stream_key(ROOT, "lineage"), s["vdj"][first], s["vj"][first]
    law = Law(topology=topology, trunk=2.0, targeting=Targeting(hot=6.0), isotype_rate=0.3)
    fronts = [model_of(s, arm).v_front[chains["v"]] for arm, chains in (("vdj", heavy), ("vj", light))]
    grown = grow(heavy["junction"], sizes, key, rate=0.01, v_germline=fronts[0], units=units, law=law)
    order, mine = np.argsort(place, kind="stable"), s["somatic_chain"]
    np.testing.assert_array_equal(mine["vdj"][order], grown.junction[grown.member])
    np.testing.assert_array_equal(mine["vdj_aa"][order], grown.junction_aa[grown.member])
    np.testing.assert_array_equal(mine["v_identity"][order], grown.v_identity[grown.member])
    np.testing.assert_array_equal(s["isotype"][order], grown.c.codes[grown.member])
    second = grow_light(grown, light["junction"], key, rate=0.01, v_germline=fronts[1], law=law)
    both = grown.n_mutations + second.n_mutations
    # the same law of light chains, from a stream of its own
    assert 0.6 < mine["n_mutations"].sum() / both[grown.member].sum() < 1.6


def test_a_tree_holds_the_cells_of_its_clone():
    """Every cell stands in the tree of its clone once, behind its parent; depths add up along the path."""
    s = cells(world(tree_topology="coalescent"))
    tree = s["lineage_tree"]
    assert sorted(tree["cell"][tree["member"]]) == list(range(N))
    assert (tree["cell"][~tree["member"]] == -1).all()
    np.testing.assert_array_equal(tree["unit"][tree["member"]], s["clone"][tree["cell"][tree["member"]]])
    for row in range(tree.size):
        up, length = row, 0.0
        while up >= 0:
            length, up = length + tree["length"][up], tree["parent"][up]
            assert up < row
        assert tree["depth"][row] == pytest.approx(length)


def test_cells_of_a_clone_share_genes_and_length():
    """V, J and junction length are those of the clone, and what is read is productive, with its ends."""
    s = cells()
    found, clone = cell_receptors(s), s["clone"]
    for rows in (slice(0, None, 2), slice(1, None, 2)):
        for each in np.unique(clone):
            mine = clone == each
            for values in (found.v.codes[rows], found.j.codes[rows], np.strings.str_len(found.junction[rows])):
                assert np.unique(values[mine]).size == 1
    np.testing.assert_array_equal(found.productive, 1)
    assert (np.strings.find(found.junction_aa, b"*") < 0).all()
    np.testing.assert_array_equal(np.strings.str_len(found.junction), 3 * np.strings.str_len(found.junction_aa))
    assert np.unique(found.junction).size > 2 * np.unique(clone).size


def test_hits_bound_what_differs():
    """A cell has at least as many hits as bases of its junctions that differ, and V is the germline's without hits."""
    s = cells()
    differ = np.zeros(N, dtype=int)
    for arm in ("vdj", "vj"):
        now, old = s["somatic_chain"][arm].tolist(), s[arm]["junction"].tolist()
        differ += [sum(a != b for a, b in zip(*pair, strict=True)) for pair in zip(now, old, strict=True)]
    hits, identity = s["somatic_chain"]["n_mutations"], s["somatic_chain"]["v_identity"]
    assert (hits >= differ).all()
    assert (differ > 0).any()
    np.testing.assert_array_equal(identity[hits == 0], 1.0)
    assert 0.9 < identity.min() < 1.0


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"hypermutation": 0.0}, ("lineage_tree", "isotype")),
        ({"class_switching": 0.0}, ("lineage_tree", "somatic_chain")),
        ({"cold_spot": 1.0}, ("lineage_tree", "isotype")),
        ({"vdj_dropout": 0.5}, ("lineage_tree", "somatic_chain", "isotype")),
    ],
)
def test_a_change_reaches_what_follows_only(change, same):
    """Mutations do not move trees or classes, and classes do not move mutations: every bit of the others stays."""
    before, after = cells(), cells(world().do(**change))
    for name in (*same, "vdj", "vj", "clone"):
        np.testing.assert_array_equal(before[name], after[name])
    for name in {"somatic_chain", "isotype"} - set(same):
        assert not np.array_equal(before[name], after[name])


def test_neutral_cells_are_their_clone():
    """Without mutations and switches a world of B cells is the world without lineages."""
    s = cells(world(hypermutation=0.0, class_switching=0.0, hot_spot=50.0))
    found = cell_receptors(s)
    np.testing.assert_array_equal(found.junction[0::2], s["vdj"]["junction"])
    assert found.c.names == ()
    assert list(lineage_columns(s)) == []


def test_columns_tell_the_lineage():
    """Depth, hits, identity, class and germline of each cell are written down, the latter as classes."""
    s = cells(world(public_share=0.5, n_public=2))
    found = {name: (values, kind) for name, values, kind in lineage_columns(s)}
    assert {name: kind for name, (_, kind) in found.items()} == {
        "germline_clone": "mechanism", "tree_depth": None, "n_mutations": None, "v_identity": None,
        "isotype": "mechanism",
    }  # fmt: skip
    germline, clone = found["germline_clone"][0], s["clone"]
    # planted clones begin alike: fewer germlines than clones, and each clone has one
    assert len(germline.categories) < np.unique(clone).size
    assert all(np.unique(germline.codes[clone == each]).size == 1 for each in np.unique(clone))
    genes = list(CONSTANT_GENES["human"])
    np.testing.assert_array_equal(found["isotype"][0].astype(str), np.array(genes)[s["isotype"]])
    assert (found["tree_depth"][0] >= 1).all()


def test_part_of_a_clone_has_no_tree():
    """The tree of a clone depends on all its cells, so that a part of a world is refused."""
    part = world().scene(N, root=ROOT).cells(np.arange(N - 1))
    with pytest.raises(UsageError, match="149 of 150 cells"):
        part["somatic_chain"]
    with pytest.raises(UsageError, match="cells are in play"):
        refuse_part(world().scene(3, root=ROOT).cells(np.array([2, 1, 0])))
    refuse_part(cells())
