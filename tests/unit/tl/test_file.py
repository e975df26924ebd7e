import json

import pandas as pd
import pytest

from rashomon import io, tl
from rashomon.core import UsageError, silent
from tests import example_audit
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


def simulated(folder):
    """A file of simulated data whose ceilings are known."""
    data, ceiling = adata(), {"standard_error": 0.01, "chance": 0.0, "rule": "arg-max posterior"}
    limits = json.dumps([{"truth": "type", "score": "ari", "value": 0.9, **ceiling}])
    data.uns["rashomon"] = {"world": example_audit.world_entry(ceiling_json=limits)}
    data.write_h5ad(folder / "sim.h5ad")
    return folder / "sim.h5ad"


def test_an_audit_of_simulated_data_says_so_everywhere(tmp_path):
    """In a line on the way, in the call, in the report, in a table of ceilings, and in the annotated copy."""
    told = []
    arguments = {"labels": "coin", "truths": ["type=mechanism:external"], "labels_only": True, "announce": told.append}
    tl.audit_file(simulated(tmp_path), out=tmp_path / "out", arguments=arguments)
    assert [line for line in told if "simulated, not measured: world two types (digest 0123456789ab)" in line]
    spec = json.loads((tmp_path / "out" / "spec.json").read_text(encoding="utf-8"))
    assert spec["simulated"] == {"name": "two types", "digest": "0123456789abcdef" * 4}
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Simulated, not measured: world two types" in page
    assert "the best that any method could reach here: at most 0.90 (assisted oracle)" in page
    table = pd.read_csv(tmp_path / "out" / "tables" / "ceilings.csv")
    assert table["normalised"].tolist() == pytest.approx((table["value"] / 0.9).tolist())
    assert (tmp_path / "out" / "figures" / "causal_graph.svg").exists()
    assert io.read(tmp_path / "out" / "annotated.h5ad").world.digest == "0123456789abcdef" * 4


def test_a_part_of_simulated_data_has_no_share_of_the_ceiling(tmp_path):
    """It is as simulated, and the ceiling is that of all cells."""
    arguments = {"labels": "coin", "truths": ["type"], "labels_only": True, "within": {"type": ["A", "B"]}}
    found = tl.audit_file(
        simulated(tmp_path), out=tmp_path / "out", arguments={**arguments, "announce": silent, "progress": silent}
    )
    assert found.dataset.world.name == "two types"
    (reason,) = found.tables["ceilings"]["reason"]
    assert reason == "only a part of the cells was audited, and the ceiling is that of all"
    assert found.tables["ceilings"]["normalised"].isna().all()


def test_an_audit_of_measured_data_says_nothing_of_it(tmp_path):
    """Neither in the call nor in the report nor in a table."""
    adata().write_h5ad(tmp_path / "a.h5ad")
    arguments = {"labels": "coin", "truths": ["type"], "labels_only": True, "announce": silent}
    tl.audit_file(tmp_path / "a.h5ad", out=tmp_path / "out", arguments=arguments)
    assert "simulated" not in json.loads((tmp_path / "out" / "spec.json").read_text(encoding="utf-8"))
    assert "imulated, not measured" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert not (tmp_path / "out" / "tables" / "ceilings.csv").exists()
    assert not (tmp_path / "out" / "figures" / "causal_graph.svg").exists()
