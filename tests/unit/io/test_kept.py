import anndata
import pandas as pd
import pytest

from rashomon.core import StoreError, UsageError
from rashomon.io import annotate
from rashomon.io.fact_table import table_fact
from rashomon.io.kept import kept_fact, kept_key, kept_keys, kept_table, table_names

CARDS = pd.DataFrame({"cluster": ["0", "1"], "n": [5, 7]})


def kept(**keys):
    """An object with facts by key."""
    data = anndata.AnnData(obs=pd.DataFrame(index=["c1", "c2"]))
    for key, facts in keys.items():
        data = annotate(data, pd.DataFrame(index=data.obs_names), uns=facts, key_added=key)
    return data


def test_tables_are_found_by_key_and_name():
    """What was kept under a key, and nothing else."""
    data = kept(one={"table_cards": table_fact(CARDS), "tool": "audit"}, two={"table_power": table_fact(CARDS)})
    assert kept_keys(data) == ["one", "two"]
    assert table_names(data, "one") == ["cards"]
    assert kept_fact(data, "one", "tool") == "audit"
    assert kept_key(data, None, having="power") == "two"
    pd.testing.assert_frame_equal(kept_table(data, "cards", key="one"), CARDS)


@pytest.mark.parametrize(
    ("key", "having", "message", "fix"),
    [
        (None, None, "2 results are kept: one, two", "key='one'"),
        ("ome", None, "nothing is kept under 'ome'", "did you mean 'one'"),
        (None, "card", "there is no table 'card'", "did you mean 'cards'"),
        (None, "scores", "the table 'scores' has 90,000 rows and was not kept", "audit.tables"),
    ],
)
def test_what_is_not_there_is_said(key, having, message, fix):
    """With the names that are."""
    data = kept(one={"table_cards": table_fact(CARDS), "left_out": {"scores": 90000}}, two={"n": 1})
    with pytest.raises(UsageError, match=message) as caught:
        kept_key(data, key, having=having)
    assert fix in caught.value.fix


def test_without_results_the_way_to_them_is_said():
    """An object that no tool wrote to, or in which another program used our name."""
    for uns in ({}, {"rashomon": 3}, {"rashomon": {"results": "x"}}):
        data = anndata.AnnData(obs=pd.DataFrame(index=["c1"]), uns=uns)
        assert kept_keys(data) == []
        with pytest.raises(UsageError, match="no results are kept") as caught:
            kept_key(data, None)
        assert caught.value.fix == "run rs.audit(adata, ...) first"


def test_damaged_text_is_refused_or_none():
    """A table that is no JSON is an error; a fact that is none is not there."""
    data = kept(one={"table_cards": table_fact(CARDS), "left_out": {}})
    data.uns["rashomon"]["results"]["one"]["table_cards_json"] = "{"
    data.uns["rashomon"]["results"]["one"]["left_out_json"] = "{"
    assert kept_fact(data, "one", "left_out") is None
    with pytest.raises(StoreError, match="cannot be read") as caught:
        kept_table(data, "cards", key="one")
    assert caught.value.where == "uns['rashomon'], key 'one', table_cards_json"
    with pytest.raises(UsageError, match="there is no table 'power'"):
        kept_table(data, "power", key="one")
