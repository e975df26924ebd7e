"""Receptors as generation and selection make them, by another route than the null: genes free, rejection by Q."""

import numpy as np

from rashomon.dataset import unique_receptors
from rashomon.sim.selection import learned_selection, select
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model
from tests.receptor_sample import RESIDUES, receptors, table


def generated(n, *, seed, n_family=0, n_donors=4, n_exchanges=1):
    """Unique human TRB of several donors; the first `n_family` differ from one founder at `n_exchanges` places."""
    model, rng = recombination_model("human", "TRB"), np.random.default_rng(seed)
    made = select(model, learned_selection("human", "TRB"), stream_key(seed, "data"), np.arange(n))
    aa = [junction.decode() for junction in made.junction_aa]
    v = [model.v_genes[code] for code in made.v_genes()]
    j = [model.j_genes[code] for code in made.j_genes()]
    founder = next(place for place in range(n_family, n) if 13 <= len(aa[place]) <= 16)
    for place in range(n_family):
        residues = list(aa[founder])
        for _ in range(n_exchanges):
            residues[int(rng.integers(4, len(residues) - 4))] = str(rng.choice(RESIDUES))
        aa[place], v[place], j[place] = "".join(residues), v[founder], j[founder]
    donor = [f"d{code}" for code in rng.integers(0, n_donors, n)]
    epitope = ["bound"] * n_family + ["other"] * (n - n_family)
    return unique_receptors(table(receptors(aa, v=v, j=j), donor=donor, epitope=epitope))[0]
