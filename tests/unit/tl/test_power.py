import anndata as ad
import numpy as np
import pytest

from rashomon import get
from rashomon.core import InputError
from rashomon.sim import World
from rashomon.tl.power import power


@pytest.fixture(scope="module")
def adata():
    """Two clear groups of 60 and 180 cells."""
    knobs = {"n_groups": 2, "n_genes": 150, "n_markers": 20, "effect_size": 4.0, "depth": 900.0, "rare_share": 0.25}
    drawn = World("two", knobs).sample(240, rng=3)
    found = ad.AnnData(drawn.counts.astype(np.float32), obs=drawn.obs[["type"]].copy())
    found.obs_names = [f"c{i}" for i in range(240)]
    return found


def test_it_answers_and_keeps_the_answer(adata):
    """A row per cluster; no column is written, and with copy nothing at all."""
    before = list(adata.obs.columns), dict(adata.uns)
    copied = power(adata, "type", budget="quick", copy=True)
    assert (list(adata.obs.columns), dict(adata.uns)) == before
    said = power(adata, "type", budget="quick")
    assert said.tables["power"]["says"].tolist() == ["enough", "enough"]
    assert list(adata.obs.columns) == before[0]
    for data in (adata, copied):
        assert get.table(data, "power", key="type_power")["says"].tolist() == ["enough", "enough"]


def test_a_column_that_does_not_exist_is_refused(adata):
    """With the names that do."""
    with pytest.raises(InputError, match="leiden"):
        power(adata, "leiden", budget="quick")
