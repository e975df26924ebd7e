import json

import numpy as np
import pandas as pd
import pytest

from rashomon import tl
from rashomon.core import UsageError
from tests import example_audit
from tests.planted import adata

PLACES = ("measured", "simulated")


def test_a_table_of_truths_is_compared(tmp_path):
    """Pairs of label columns of a CSV: agreement and nesting; fewer than two are refused."""
    file = tmp_path / "labels.csv"
    adata().obs.to_csv(file)
    table = tl.compare_truths(file, ["type", "mine", "coin"])
    assert len(table) == 3
    assert table.loc[0, ["truth_a", "truth_b", "nesting"]].tolist() == ["type", "mine", "same"]
    assert table.loc[0, "ami"] == pytest.approx(1.0)
    assert table.loc[0, "relation"] == "same"
    with pytest.raises(UsageError, match="fewer than two label columns"):
        tl.compare_truths(file, ["type"])


def test_truths_of_a_file_are_compared_into_a_folder(tmp_path):
    """A page, a plot and the tables; the folder is ours and may be written again; words mean "no class"."""
    data = adata()
    data.obs["gate"] = np.where(data.obs["type"] == "C", "ungated", data.obs["type"].astype(str))
    data.write_h5ad(tmp_path / "a.h5ad")
    truths = ["type", "gate=annotation:protein", "both=cross(gate, coin)"]
    arguments = {"donor_key": "donor", "unassigned": ["ungated"], "out": tmp_path / "out"}
    for _ in range(2):
        table = tl.compare_truths(tmp_path / "a.h5ad", truths, **arguments)
    assert table["n_common"].tolist() == [72, 72, 72]
    found = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.*")}
    assert found == {"alluvial.png", "spec.json", "tables/deciding.csv", "tables/relations.csv", "truths.html"}
    pd.testing.assert_frame_equal(
        pd.read_csv(tmp_path / "out" / "tables" / "relations.csv", keep_default_na=False)[["truth_a", "relation"]],
        table[["truth_a", "relation"]],
    )
    assert json.loads((tmp_path / "out" / "spec.json").read_text(encoding="utf-8"))["truths"] == truths
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is not empty and not a study of ours"):
        tl.compare_truths(tmp_path / "a.h5ad", truths, out=tmp_path / "mine")


def test_a_comparison_in_simulated_data_says_so(tmp_path):
    """On the page and in the call; in measured data neither does."""
    data = adata()
    data.write_h5ad(tmp_path / "measured.h5ad")
    data.uns["rashomon"] = {"world": example_audit.world_entry(name="two types<script>")}
    data.write_h5ad(tmp_path / "simulated.h5ad")
    for name in ("measured", "simulated"):
        tl.compare_truths(tmp_path / f"{name}.h5ad", ["type", "coin"], out=tmp_path / name)
    spec = {name: json.loads((tmp_path / name / "spec.json").read_text(encoding="utf-8")) for name in PLACES}
    assert spec["simulated"]["simulated"] == {"name": "two types<script>", "digest": "0123456789abcdef" * 4}
    assert "simulated" not in spec["measured"]
    page = {name: (tmp_path / name / "truths.html").read_text(encoding="utf-8") for name in PLACES}
    assert "Simulated, not measured: world two types&lt;script&gt;" in page["simulated"]
    assert "types<script" not in page["simulated"]
    assert "not measured" not in page["measured"]
