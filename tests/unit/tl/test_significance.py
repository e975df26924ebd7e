"""Two labellings beside the user's clusters."""

import anndata
import numpy as np
import pandas as pd
import pytest

from rashomon import get
from rashomon.core import UsageError
from rashomon.tl.significance import cluster_significance
from tests.label_tree_sample import cut, populations


@pytest.fixture
def adata(rng):
    """Two groups in four clusters."""
    counts, group = populations(rng, n=300)
    labels = np.array(list("abcd"), dtype=object)[cut(counts, 4, rng)]
    labels[:4] = "unknown"
    obs = pd.DataFrame({"leiden": pd.Categorical(labels), "group": group}, index=[f"c{i}" for i in range(300)])
    return anndata.AnnData(counts, obs=obs)


def test_labellings_are_written_and_survive_h5ad(adata, tmp_path):
    """Columns with the name of the labels; the tables are read back."""
    found = cluster_significance(adata, "leiden", rng=1)
    assert found.answer.verdict == "yes (groups)"
    adata.write_h5ad(tmp_path / "a.h5ad")
    back = anndata.read_h5ad(tmp_path / "a.h5ad")
    for name in ("recommended", "conservative"):
        column = back.obs[f"leiden_{name}"]
        assert column.isna().sum() == 4
        assert column.nunique() == 2
        assert pd.crosstab(column, back.obs["group"]).to_numpy().min() < 15
    assert get.answers(back)["sentence"].tolist() == [found.answer.sentence]
    pd.testing.assert_frame_equal(get.table(back, "nodes"), found.tables["nodes"], check_exact=True)


def test_another_call_replaces_its_columns_and_no_others(adata):
    """A column of the user is never overwritten."""
    cluster_significance(adata, "leiden", rng=1)
    first = adata.obs["leiden_recommended"].tolist()
    cluster_significance(adata, "leiden", rng=1)
    assert adata.obs["leiden_recommended"].astype(object).tolist() == pytest.approx(first, nan_ok=True)
    adata.obs["mine_recommended"] = 1
    with pytest.raises(UsageError, match="obs already has"):
        cluster_significance(adata, "leiden", key_added="mine", rng=1)


def test_without_counts_no_labelling_is_written(adata):
    """The answer is that it cannot tell, and it is kept."""
    adata.X = np.log1p(adata.X.toarray() / 7)
    found = cluster_significance(adata, "leiden")
    assert (found.answer.verdict, found.answer.next_step) == ("cannot tell", "Give raw counts.")
    assert list(adata.obs) == ["leiden", "group"]
    assert get.answers(adata)["verdict"].tolist() == ["cannot tell"]
