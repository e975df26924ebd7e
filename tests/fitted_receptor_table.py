"""Tables of a twin of receptors, written by hand: two V genes, one J gene, two labels, two donors, three families."""

import numpy as np

from rashomon.sim import World
from rashomon.sim.repertoire.tilted import SPACE
from rashomon.sim.vdj import recombination_model


def tables():
    """Tables by name; the second label has one V gene, the second donor uses TRBV9 four times as often."""
    model = recombination_model("human", "TRB")
    v, j = [model.v_genes.index(name) for name in ("TRBV9", "TRBV28")], model.j_genes.index("TRBJ2-7")
    n_v, n_j = len(model.v_genes), len(model.j_genes)
    genes, cap = np.zeros((3, n_v, n_j)), np.full((n_v, n_j), np.inf)
    genes[:, v[0], j], genes[:, v[1], j] = (0.5, 0.0, 0.5), (0.5, 1.0, 0.5)
    cap[v, j] = 0.0
    habit = np.zeros((2, n_v))
    habit[1, v[0]] = np.log(4)
    return {
        "label_share": np.array([[0.3, 0.3], [0.5, 0.1]]),
        "donor_share": np.array([0.5, 0.5]),
        "clone_quantile": np.log([[1.0, 3.0], [1.5, 1.5]]),
        "clone_edge": np.array([0.0, 0.75, 1.0]),
        "vdj_genes": genes,
        "vdj_cap": cap,
        "vdj_weights": np.zeros(SPACE.size),
        "vdj_length": np.zeros((3, 26)),
        "vdj_donor_v": habit,
        "vdj_donor_j": np.zeros((2, n_j)),
        "vdj_donor_length": np.zeros((2, 26)),
        "vdj_family": np.array([[v[0], j, 14, -1, 0], [-1, -1, -1, 0, 0], [v[1], j, 13, -1, 2]]),
        "vdj_member": np.array([[0, 0, 3], [0, 1, 1], [1, 1, 2], [2, 2, 5]]),
        "vdj_member_share": np.full(3, 0.5),
        "vdj_exact": np.full(3, 0.4),
    }


def twin(fitted=None, **knobs):
    """The world of these tables."""
    given = {"n_epitopes": 2, "loci": "TRB", **knobs}
    labels = {"donor": ("ann", "bob"), "epitope": ("flu", "cmv")}
    return World("twin", given, "", 100, fitted or tables(), labels, parts=("receptors",))
