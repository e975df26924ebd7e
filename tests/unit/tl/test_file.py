import pytest

from rashomon import tl
from rashomon.core import UsageError
from tests.planted import adata
from tests.unit.tl.test_audit import embedding


def test_a_plan_runs_next_to_nothing(tmp_path):
    """The tree of a file, with time and memory; the file and its folder are as they were."""
    data = adata()
    data.obsm["X_emb"] = embedding()
    data.write_h5ad(tmp_path / "a.h5ad")
    before = (tmp_path / "a.h5ad").read_bytes()
    said = tl.plan_file(tmp_path / "a.h5ad", arguments={"use_rep": "X_emb", "labels": "mine", "n_jobs": 1})
    assert said[0].startswith("clusterer: leiden*")
    assert said[-1].startswith("the whole audit: ")
    assert (tmp_path / "a.h5ad").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.h5ad"]
    adata().obs.to_csv(tmp_path / "labels.csv")
    with pytest.raises(UsageError, match="a table of labels has no multiverse"):
        tl.plan_file(tmp_path / "labels.csv", arguments={})
