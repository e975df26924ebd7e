"""The face of question 5: slots of an AnnData in, an answer out, and kept; no column is written."""

import numpy as np
import pytest

from rashomon import get
from rashomon.core import UsageError
from rashomon.tl.confounding import confounding
from tests.planted import adata


def test_an_anndata_is_answered_and_left_alone():
    """The planted groups are in every donor: nothing technical, controls clustered, no new column, the answer kept."""
    data = adata()
    columns = list(data.obs)
    found = confounding(data, "mine", truths=["type"], donor_key="donor")
    assert found.answer.verdict == "nothing technical explains the clusters"
    assert found.tables["negative_controls"]["control"].tolist() == ["depth only"]
    assert found.tables["causal_diagram"].to_numpy().tolist()[0] == ["donor", "type"]
    assert list(data.obs) == columns
    assert get.answers(data)["verdict"].tolist() == [found.answer.verdict]
    assert get.table(data, "negative_controls", key="mine_confounding")["control"].tolist() == ["depth only"]


def test_the_diagram_may_be_text():
    """Arrows as texts are read; a name that was not declared is refused."""
    found = confounding(adata(), "mine", truths=["type"], donor_key="donor", dag=["donor -> type -> clusters"])
    assert found.tables["causal_diagram"]["effect"].tolist() == ["type", "clusters"]
    with pytest.raises(UsageError, match="names 'lane'"):
        confounding(adata(), "mine", truths=["type"], donor_key="donor", dag=["lane -> clusters"])


def test_a_cluster_of_one_batch_is_named():
    """A batch column that holds a cluster explains it."""
    data = adata()
    data.obs["lane"] = np.where(data.obs["mine"] == "2", "b", np.where(np.arange(data.n_obs) % 5 == 0, "c", "a"))
    found = confounding(data, "mine", batch_key="lane")
    assert found.answer.verdict == "lane explains cluster 2"
