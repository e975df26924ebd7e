"""What was written is found again, by name; what is not there is said with the names that are."""

from functools import cache

import anndata as ad
import mudata
import numpy as np
import pandas as pd
import pytest

from rashomon import get, tl
from rashomon.core import StoreError, UsageError, silent
from rashomon.tl.slot import write_slots
from tests import example_audit
from tests.planted import N_OBS, adata, planted_audit

QUIET = {"announce": silent, "progress": silent, "n_jobs": 1}


@cache
def written():
    """The planted data after the planted audit, and after a test of the same labels."""
    data = adata()
    write_slots(data, planted_audit(), rows=np.ones(N_OBS, dtype=bool), key_added="rashomon")
    tl.cluster_significance(data, "mine", rng=1)
    return data


def test_every_table_of_an_audit_comes_back():
    """Each value and type as the audit has it, but for the index; tables with a row per cell are not kept."""
    found = planted_audit()
    tables = get.tables(written(), key="rashomon")
    assert set(tables) == {*found.tables, "answers"} - {"cell_rungs"}
    for name, table in tables.items():
        if name != "answers":
            expected = found.tables[name].reset_index(drop=True)
            pd.testing.assert_frame_equal(table, expected, check_exact=True, check_index_type=False, obj=name)


def test_results_say_what_is_there():
    """One row per call, with its columns and tables."""
    table = get.results(written()).set_index("key")
    assert table["tool"].to_dict() == {"mine": "cluster_significance", "rashomon": "audit"}
    assert table.loc["mine", "columns"] == ["mine_recommended", "mine_conservative"]
    assert table.loc["mine", "tables"] == ["answers", "labellings", "nodes", "pairs"]
    assert (table["labels"] == "mine").all()


def test_answers_have_the_words_of_the_audit():
    """One row per question and call, in their order."""
    said = get.answers(written(), key="rashomon")
    assert said["question"].tolist() == list(planted_audit().answers)
    assert said["verdict"].tolist() == [answer.verdict for answer in planted_audit().answers.values()]
    assert said.set_index("question").loc["stability", "estimate"] == planted_audit().answers["stability"].estimate
    both = get.answers(written())
    assert both["key"].tolist() == ["mine", *["rashomon"] * len(said)]


def test_cells_have_their_values():
    """Without the prefix; a part of the cells has a part of the rows."""
    found = get.cells(written(), key="rashomon")
    assert found["stability"].tolist() == planted_audit().cells["stability"].tolist()
    part = written()[[3, 1]]
    assert get.cells(part, key="rashomon")["stability"].tolist() == found["stability"].iloc[[3, 1]].tolist()


def test_labels_stand_side_by_side():
    """Those that were judged, and those that are recommended."""
    found = get.labels(written(), key="mine")
    assert list(found) == ["mine", "recommended", "conservative"]
    assert found["mine"].tolist() == written().obs["mine"].tolist()
    assert found["recommended"].tolist() == written().obs["mine_recommended"].tolist()


def test_one_key_need_not_be_named():
    """Where only one call has the table; of several the user chooses."""
    assert len(get.table(written(), "cards")) == 3
    with pytest.raises(UsageError, match="2 results are kept: mine, rashomon"):
        get.table(written(), "nodes")
    with pytest.raises(UsageError, match="2 calls have columns: mine, rashomon"):
        get.cells(written())


def test_columns_that_the_user_removed_are_gone():
    """What is left is returned; nothing left is said."""
    data = written().copy()
    del data.obs["mine_recommended"]
    assert list(get.cells(data, key="mine")) == ["conservative"]
    del data.obs["mine_conservative"]
    with pytest.raises(UsageError, match="the call 'mine' has no columns"):
        get.labels(data, key="mine")
    assert list(get.cells(data)) == [name.removeprefix("rashomon_") for name in data.obs if name.startswith("rash")]


def test_the_csv_is_one_of_cells(tmp_path):
    """Names of cells first, as Seurat and pandas expect; every column as in obs; NA where a value is missing."""
    data = written().copy()
    data.obs.loc["c0", "mine_recommended"] = None
    names = get.to_csv(data, tmp_path / "cells.csv", key="mine", columns=["type"])
    assert names == ["obs_name", "type", "mine_recommended", "mine_conservative"]
    table = pd.read_csv(tmp_path / "cells.csv", index_col=0, dtype=str)
    assert table.index.name == "obs_name"
    assert table.index.tolist() == data.obs_names.tolist()
    assert table["type"].tolist() == data.obs["type"].tolist()
    assert (tmp_path / "cells.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[2] == "NA"
    assert table["mine_recommended"].isna().tolist() == [True, *[False] * (N_OBS - 1)]


def test_numbers_and_odd_texts_survive_the_csv(tmp_path):
    """Floats to the last bit; separators, quotes and line ends inside a label."""
    data = written().copy()
    odd = ["a,b", 'say "c"', "two\nlines", "old\rmac", "=1+1"]
    data.obs["odd"] = pd.Categorical(np.resize(odd, N_OBS))
    get.to_csv(data, tmp_path / "cells.csv", key="rashomon", columns=["odd"])
    table = pd.read_csv(tmp_path / "cells.csv", index_col=0, lineterminator=None, float_precision="round_trip")
    assert table["odd"].tolist() == data.obs["odd"].tolist()
    assert table["rashomon_stability"].tolist() == data.obs["rashomon_stability"].tolist()


def test_simulated_cells_stay_marked(tmp_path):
    """The mark is the last column of every row."""
    data = written().copy()
    data.uns["rashomon"]["world"] = example_audit.world_entry()
    assert get.to_csv(data, tmp_path / "cells.tsv", key="mine", separator="\t")[-1] == "simulated_world"
    table = pd.read_csv(tmp_path / "cells.tsv", sep="\t")
    assert table["simulated_world"].str.contains("simulated, not measured").all()


def test_what_cannot_be_written_is_said(tmp_path):
    """No columns, a column that does not exist, a folder that cannot be written to."""
    with pytest.raises(UsageError, match="no tool has written columns"):
        get.to_csv(adata(), tmp_path / "a.csv")
    with pytest.raises(UsageError, match="there is no column 'tipe'") as caught:
        get.to_csv(written(), tmp_path / "a.csv", columns=["tipe"])
    assert "did you mean 'type'" in caught.value.fix
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot write a\.csv"):
        get.to_csv(written(), tmp_path / "file" / "a.csv")


def test_a_mudata_has_results_in_its_modalities():
    """Which one is meant is asked."""
    with pytest.warns(match="From 0.4"):
        both = mudata.MuData({"gex": ad.AnnData(obs=pd.DataFrame(index=["c1"]))})
    with pytest.raises(UsageError, match="this is a MuData") as caught:
        get.results(both)
    assert caught.value.fix == "give one modality: mdata['gex']"


def test_nothing_is_found_where_nothing_was_written():
    """And the way to results is named."""
    assert get.results(adata()).empty
    for function in (get.answers, get.cells, get.labels, get.tables):
        with pytest.raises(UsageError, match="no results are kept"):
            function(adata())
