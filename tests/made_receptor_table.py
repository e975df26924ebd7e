"""A table of receptors from a world that nobody fitted: three labels, two donors, families of one founder each."""

import numpy as np
import pandas as pd

from rashomon.io import receptors_from_frame
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine

N, LABELS = 360, ("flu", "cmv", "none")


def frame(*, seed=4):
    """Chains of beta: half of the labelled ones are a founder of their label with one residue changed."""
    rng = np.random.default_rng(seed)
    model = recombination_model("human", "TRB")
    label = np.array(LABELS)[np.arange(N) % 3]
    v = np.where(label == "flu", model.v_genes.index("TRBV19"), -1)
    made = recombine(model, stream_key(seed, "table"), np.arange(N), v=v, level="gene")
    aa, genes = [word.decode() for word in made.junction_aa], (made.v_genes(), made.j_genes())
    for i in range(6, N):
        if label[i] != "none" and rng.random() < 0.5:
            founder = i % 3
            at = int(rng.integers(4, len(aa[founder]) - 4))
            aa[i] = aa[founder][:at] + rng.choice(list("AGSTLDNPQR")) + aa[founder][at + 1 :]
            for codes in genes:
                codes[i] = codes[founder]
    return pd.DataFrame({
        "junction_aa": aa, "v_call": np.array(model.v_genes)[genes[0]], "j_call": np.array(model.j_genes)[genes[1]],
        "epitope": np.where(label == "none", "", label), "person": np.array(["ann", "bob"])[np.arange(N) // 3 % 2],
        "duplicate_count": rng.zipf(2.5, N), "plate": np.where(label == "flu", "p1", "p2"), "locus": "TRB",
    })  # fmt: skip


def table(**changes):
    """The table as the door reads it."""
    return receptors_from_frame(
        frame().assign(**changes), truths=["epitope"], roles={"donor": "person"}, species="human"
    )
