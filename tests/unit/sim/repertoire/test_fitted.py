"""Chains of a twin."""

import numpy as np

from rashomon.sim import World
from rashomon.sim.repertoire.clone import clone_copies
from rashomon.sim.repertoire.fitted import FREE, draw_fitted, is_fitted, row_of
from rashomon.sim.vdj import recombination_model
from tests.fitted_receptor_table import tables, twin

MODEL = recombination_model("human", "TRB")


def test_a_generated_world_has_no_fitted_chains():
    """All its clones are in the one row."""
    scene = World("w", {}, parts=("receptors",)).scene(5, root=1)
    assert not is_fitted(scene, "vdj")
    assert row_of(scene, np.arange(5)).tolist() == [0] * 5


def test_genes_follow_label_and_donor():
    """The row decides V, the habit of a donor changes its odds by the fitted ratio; what is asked for is had."""
    scene = twin().scene(5, root=1)
    n = 2000
    units, rows, donors = np.arange(n), np.arange(n) % 2, np.arange(n) // 2 % 2
    v = draw_fitted(scene, MODEL, "vdj", units, rows=rows, donors=donors).v_genes()
    assert set(v[rows == 1].tolist()) == {MODEL.v_genes.index("TRBV28")}
    nine = v[rows == 0] == MODEL.v_genes.index("TRBV9")
    for donor, odds in ((0, 1.0), (1, 4.0)):
        assert abs(nine[donors[rows == 0] == donor].mean() - odds / (1 + odds)) < 0.06
    asked = np.full(4, MODEL.v_genes.index("TRBV28")), np.full(4, FREE)
    made = draw_fitted(scene, MODEL, "vdj", units[:4], rows=rows[:4], donors=np.full(4, FREE), genes=asked)
    assert (made.v_genes() == asked[0]).all()


def test_no_selection_is_generation_with_the_genes_of_the_data():
    """Lengths are not tilted then."""
    heavy = tables()
    heavy["vdj_length"][:] = -20.0
    heavy["vdj_length"][:, 15] = 0.0
    lengths = {}
    for word in ("learned", "none"):
        scene = twin(heavy, selection=word).scene(5, root=1)
        none = np.zeros(100, dtype=int)
        made = draw_fitted(scene, MODEL, "vdj", np.arange(100), rows=none, donors=none)
        lengths[word] = set(np.strings.str_len(made.junction_aa).tolist())
    assert lengths["learned"] == {15}
    assert len(lengths["none"]) > 3


def test_labels_and_sizes_follow_the_donor():
    """Labels by their shares in each donor, who responds to all that it has; copies by its quantiles, means kept."""
    scene = twin().scene(6000, root=4)
    donor, seen, copies = scene["clone_donor"], scene["clone_epitope"], clone_copies(scene)
    for number, (flu, cmv) in enumerate(((0.3, 0.3), (0.5, 0.1))):
        mine = seen[donor == number]
        np.testing.assert_allclose([(mine == 0).mean(), (mine == 1).mean()], [flu, cmv], atol=0.03)
    assert scene["responder"].all()
    assert (scene["clone_motif"] == -1).all()
    # three copies in a quarter of the clones; one or two where the mean is one and a half
    np.testing.assert_allclose([(copies[donor == 0] == k).mean() for k in (1, 3)], [0.75, 0.25], atol=0.03)
    np.testing.assert_allclose([(copies[donor == 1] == k).mean() for k in (1, 2)], [0.5, 0.5], atol=0.03)
    np.testing.assert_allclose(scene["clone_size"][donor == 0].sum(), 0.5)
