import pandas as pd

from rashomon.sim.repertoire_realism.gene import j_usage, v_usage, vj_usage
from tests.repertoire_sample import prepared, receptors


def test_usage_is_a_cross_table(rng):
    """V, J and their pairs are counted as pandas counts them, also genes that only another repertoire has."""
    one, _ = prepared(receptors(90, rng), receptors(90, rng, p_v=0.0).pooled({"TRBV9": "TRBV30"}), n=80)
    table = pd.crosstab(one.drawn.v, one.drawn.j).reindex(one.setting.v_names, fill_value=0)
    assert table.shape == (3, 2)
    assert vj_usage(one).tolist() == table.to_numpy().ravel().tolist()
    assert v_usage(one).tolist() == table.sum(axis=1).tolist()
    assert j_usage(one).tolist() == table.sum(axis=0).tolist()
