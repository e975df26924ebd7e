"""What a step packs comes back as it was."""

import numpy as np

from rashomon.structure.judged_tree import split_significance
from rashomon.structure.node import node_test
from rashomon.structure.step import crossed, packed_root, packed_tree, root_step, tree_step, unpack_root, unpack_tree
from tests.label_tree_sample import populations


def test_a_tree_survives_packing(rng):
    """Every field, NaN and tuples included."""
    counts, group = populations(rng, n=150)
    labels = np.where(np.arange(150) < 8, 2, group)
    direct = split_significance(counts, labels, rng=np.random.default_rng(1))
    back = unpack_tree(packed_tree(counts, labels, rng=np.random.default_rng(1)))
    assert repr(back) == repr(direct)


def test_the_test_of_all_cells_survives_packing(rng):
    """Every field."""
    counts, _ = populations(rng, n=150)
    direct = node_test(counts, rng=np.random.default_rng(1))
    assert repr(unpack_root(packed_root(counts, rng=np.random.default_rng(1)))) == repr(direct)


def test_steps_read_what_they_need(rng):
    """Counts, labels, and the declared roles; run as the engine does."""
    counts, group = populations(rng, n=150)
    state = {"x": counts, "types": group, "batch": np.zeros(150), "donor": np.arange(150) % 3}
    roles = ("batch", "donor")
    assert tree_step(roles).reads == ("x", "types", "batch", "donor")
    tree = unpack_tree(tree_step(roles).run(state, {}, rng)["tree"])
    assert tree.nodes[0].verdict == "separated"
    assert unpack_root(root_step(roles).run(state, {}, rng)["root"]).n == 150


def test_roles_are_crossed():
    """Each combination has a code; without roles there is none."""
    assert crossed(()) is None
    codes = crossed((np.array([0, 0, 1, 1, 0]), np.array([0, 1, 0, 1, 0])))
    assert codes.tolist() == [0, 1, 2, 3, 0]
