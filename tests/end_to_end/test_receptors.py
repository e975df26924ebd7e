"""A table of receptors on the command line: one command, one report, one line per row of the table."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.receptor_sample import planted

pytestmark = pytest.mark.slow


OPTIONS = (
    "--truth", "epitope", "--truth", "v_call", "--donor", "donor", "--batch", "study", "-j", "1",
    "--vary", "distance=hamming", "--vary", "clusterer=component",
)  # fmt: skip
TABLES = ("receptor_scores", "beyond", "percolation", "curves", "receptor_clusters", "row_labels", "excess")


def run(*arguments):
    """Run the command line to its end."""
    given = [sys.executable, "-m", "rashomon.cli", *map(str, arguments)]
    return subprocess.run(given, capture_output=True, text=True, timeout=300, check=False)


def frame():
    """Planted receptors under the names of AIRR; one row has no junction."""
    found = planted(np.random.default_rng(12), n_families=4, n_members=8, n_orphans=40)
    chains, obs = found.receptors, found.obs
    aa = chains.junction_aa.astype(str)
    aa[7] = ""
    return pd.DataFrame(
        {
            "sequence_id": [f"seq{i}" for i in np.random.default_rng(0).permutation(len(aa))],
            "v_call": chains.v.texts,
            "j_call": chains.j.texts,
            "junction_aa": aa,
            "productive": "T",
            "epitope": obs["epitope"].to_numpy(),
            "donor": obs["donor"].to_numpy(),
            "study": obs["batch"].to_numpy(),
        }
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The table as a file that may not be written to."""
    path = tmp_path_factory.mktemp("input") / "planted.tsv"
    frame().to_csv(path, sep="\t", index=False)
    path.chmod(0o444)
    return path


@dataclass
class Audited:
    """A finished audit on the command line."""

    folder: Path
    ended: subprocess.CompletedProcess


@pytest.fixture(scope="module")
def audited(file, tmp_path_factory):
    """The audit of the table."""
    folder = tmp_path_factory.mktemp("audit") / "out"
    return Audited(folder, run("audit", file, *OPTIONS, "-o", folder))


def tables(folder):
    """The tables of a study as bytes."""
    return {path.name: path.read_bytes() for path in sorted((folder / "tables").glob("*.csv"))}


def table(folder, name):
    """One of them."""
    return pd.read_parquet(folder / "tables" / f"{name}.parquet")


def test_an_audit_of_a_table_ends_well(audited):
    """Exit code 0; sentences and the path of the report on standard output, the plan on the other."""
    ended = audited.ended
    assert (ended.returncode, "Traceback" in ended.stderr) == (0, False), ended.stderr
    lines = ended.stdout.strip().splitlines()
    assert lines[0] == "planted.tsv, the default pipeline:"
    assert lines[-1] == f"Report: {audited.folder / 'report.html'}"
    assert [line[:4] for line in lines[1:4]] == ["  - "] * 3
    assert "receptors that are unique within their donor" in ended.stderr


def test_the_report_speaks_of_receptors(audited):
    """The report has the section of receptors, its scores, and figures of the sweep over cutoffs."""
    report = (audited.folder / "report.html").read_text(encoding="utf-8")
    assert 'id="receptors"' in report
    assert "retention" in report
    assert "epitope" in report
    figures = {path.stem for path in (audited.folder / "figures").glob("*.svg")}
    assert {"percolation"} <= figures


def test_all_tables_of_receptors_are_written(audited):
    """As text and as parquet, with rows in each."""
    for name in TABLES:
        assert len(table(audited.folder, name)) == len(pd.read_csv(audited.folder / "tables" / f"{name}.csv"))
        assert len(table(audited.folder, name)) > 0
    assert set(table(audited.folder, "receptor_scores")["truth"]) >= {"epitope", "v_call", "donor", "study"}


def test_every_row_is_there_in_the_order_of_the_file(audited):
    """One line per row under its own name; the row without a junction has no receptor; members share their cluster."""
    rows = table(audited.folder, "row_labels")
    assert rows["row"].tolist() == frame()["sequence_id"].tolist()
    assert rows.loc[7, ["receptor", "label"]].tolist() == ["", ""]
    assert (rows["receptor"] != "").sum() == len(rows) - 1
    assert set(rows.loc[rows["receptor"] != "", "receptor"]) <= set(rows["row"])
    inside = rows[rows["label"] != ""].join(frame()[["epitope", "junction_aa"]])
    assert (inside.groupby("label")["epitope"].nunique() == 1).all()
    sizes = inside.groupby("label")["receptor"].nunique()
    words = table(audited.folder, "receptor_clusters").set_index("name")["n"]
    assert sizes.to_dict() == words.to_dict()


@pytest.mark.statistical
def test_a_second_run_computes_nothing(audited, file):
    """The same command again finds every run, and writes the same tables."""
    before = tables(audited.folder)
    records = {path: path.stat().st_mtime_ns for path in audited.folder.glob("artefacts/*/*.parquet")}
    assert records
    ended = run("audit", file, *OPTIONS, "-o", audited.folder)
    assert (ended.returncode, ended.stdout) == (0, audited.ended.stdout)
    assert "steps: none" in ended.stderr
    assert {path: path.stat().st_mtime_ns for path in audited.folder.glob("artefacts/*/*.parquet")} == records
    assert tables(audited.folder) == before


def test_the_multiverse_of_a_table_is_printed(file, tmp_path):
    """The tree of choices for receptors, with what is not run, and the cost; nothing is written."""
    given = ("--donor", "donor", "-j", "1", "--vary", "distance=hamming")
    ended = subprocess.run(
        [sys.executable, "-m", "rashomon.cli", "multiverse", str(file), *given],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[0].startswith("chain: vdj*")
    assert [line for line in lines if line.strip().startswith("clusterer: component*")]
    assert [line for line in lines if line.strip().startswith("v_match: none*, gene")]
    assert lines[-1].startswith("the whole audit: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda table: table.assign(productive="maybe"), "receptor.productive"),
        (lambda table: table.assign(v_call="GATTACA"), "receptor.gene_unknown"),
        (lambda table: table.assign(junction_aa=""), "receptor.none"),
        (lambda table: table.drop(columns="epitope"), "label.absent"),
    ],
)
def test_a_broken_table_is_refused(damage, code, tmp_path):
    """Exit code 3, what, where, expected, fix and the code; no traceback, no folder."""
    damage(frame()).to_csv(tmp_path / "broken.tsv", sep="\t", index=False)
    ended = run("audit", tmp_path / "broken.tsv", *OPTIONS, "-o", tmp_path / "out")
    assert (ended.returncode, ended.stdout) == (3, ""), ended.stderr
    lines = ended.stderr.strip().splitlines()
    assert lines[0].startswith("error: ")
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["where", "expected", "fix", "code"]
    assert lines[-1].split()[-1] == code
    assert not (tmp_path / "out").exists()


def test_what_means_nothing_for_receptors_is_refused(file, tmp_path):
    """An embedding to start from has no effect on a table: exit code 2, and no folder."""
    ended = run("audit", file, *OPTIONS, "--use-rep", "X_pca", "-o", tmp_path / "out")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: use_rep has no effect on receptors")
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "out").exists()
