"""On blood cells the planted artefacts are named, and the published types are not."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from rashomon.tl.confounding import confounding

pytestmark = pytest.mark.realdata

LABELS = "scanpy_louvain_annot"


@pytest.fixture(scope="module")
def blood(real_data):
    """The 2,638 cells that passed quality control, with their published types."""
    data = ad.read_h5ad(real_data / "pbmc3k/pbmc3k_counts.h5ad")
    return data[data.obs["in_scanpy_qc"].astype(bool) & data.obs[LABELS].notna()].copy()


def copy_of(blood, what):
    """The data with a planted cluster: B cells thinned, with more mitochondrial counts, or with a second cell."""
    rng = np.random.default_rng(0)
    counts, labels = sp.csr_matrix(blood.X).toarray().astype(int), blood.obs[LABELS].astype(str).to_numpy(dtype=object)
    of = {name: np.flatnonzero(labels == name) for name in ("B cells", "CD14+ Monocytes")}
    rows = rng.choice(of["B cells"], 80, replace=False)
    if what == "depth":
        counts[rows] = rng.binomial(counts[rows], 0.25)
    if what == "mitochondrial share":
        genes = np.flatnonzero(blood.var_names.str.startswith("MT-"))
        counts[np.ix_(rows, genes)] = rng.poisson(6 * counts[np.ix_(rows, genes)] + 1)
    if what == "doublets":
        counts[rows] += counts[rng.choice(of["CD14+ Monocytes"], 80)]
    if what:
        labels[rows] = "planted"
    obs = pd.DataFrame({"mine": pd.Categorical(labels)}, index=blood.obs_names)
    return ad.AnnData(sp.csr_matrix(counts.astype(np.float32)), obs=obs, var=blood.var[[]])


@pytest.mark.parametrize("what", ["", "depth", "mitochondrial share", "doublets"])
def test_planted_artefacts_are_named_and_types_are_not(blood, what):
    """Eight published types, some deep, some with 15 cells, follow nothing; the planted copy follows what made it."""
    found = confounding(copy_of(blood, what), "mine")
    causes = found.tables["technical"].set_index("cluster")["cause"]
    assert causes[causes != ""].to_dict() == ({"planted": f"follows {what}"} if what else {})
