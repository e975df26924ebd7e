"""The command line parses, calls and prints; what goes wrong is four lines and an exit code."""

import json
import sys

import numpy as np
import pandas as pd
import pytest

from rashomon import cli
from rashomon.core import resolve
from rashomon.registries import REGISTRIES
from tests.planted import adata


@pytest.fixture
def call(monkeypatch, capsys):
    """Run the command line in this process; give back exit code, output and errors."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["rashomon", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    return run


@pytest.fixture
def table(tmp_path):
    """The label columns of the planted data as a CSV."""
    file = tmp_path / "labels.csv"
    adata().obs.to_csv(file)
    return file


def test_list_names_the_kinds(call):
    """Without a kind: every kind with the number of its records."""
    code, out, _ = call("list")
    assert code == 0
    for kind, path in REGISTRIES.items():
        assert f"{kind:<16} {len(resolve(path))} records" in out


@pytest.mark.parametrize("kind", list(REGISTRIES))
def test_list_shows_every_record(call, kind):
    """One line per record: its name and its summary."""
    code, out, _ = call("list", kind)
    assert code == 0
    records = resolve(REGISTRIES[kind]).values()
    assert len(out.splitlines()) == len(records)
    assert all(record.name in out and record.summary in out for record in records)


def test_an_unknown_kind_names_the_nearest(call):
    """Refused with exit code 2, in lines a user can act on."""
    code, out, err = call("list", "score")
    assert (code, out) == (2, "")
    assert err.startswith("error: unknown kind 'score'\n")
    assert "fix:      did you mean 'scores'?" in err


def test_explain_says_what_to_do(call):
    """The rule behind a code: what, expected, fix, and why."""
    code, out, _ = call("explain", "matrix.nan")
    assert code == 0
    assert out.startswith("matrix.nan: ")
    assert "expected: " in out
    assert "fix:      " in out
    assert len(out.rpartition("\n\n")[2]) > 40


def test_an_unknown_code_names_the_nearest(call):
    """A misspelt code is a usage error."""
    code, _, err = call("explain", "matrix.nam")
    assert code == 2
    assert "matrix.nan" in err


def test_info_names_versions(call):
    """One line per library that can change a number."""
    code, out, _ = call("info")
    assert code == 0
    named = dict(line.split() for line in out.splitlines())
    assert named["numpy"] == np.__version__
    assert {"rashomon", "python", "igraph"} <= set(named)


def test_truths_are_compared(call, table):
    """Every pair of columns with its agreement."""
    code, out, _ = call("truths", table, "--truth", "type", "--truth", "mine=annotation:expression")
    assert code == 0
    header, row, mark = out.splitlines()
    assert header.split()[:3] == ["truth_a", "truth_b", "relation"]
    assert row.split()[:3] == ["type", "mine", "same"]
    assert "1.000" in row
    assert mark == "Made from the expression matrix, so no independent evidence: type, mine"


def test_derived_truths_are_compared_into_a_folder(call, table, tmp_path):
    """A recipe is a truth; the page is named at the end; a wrong recipe is a mistake of the call."""
    folder = tmp_path / "truths"
    code, out, _ = call("truths", table, "--truth", "type", "--truth", "both=cross(type, coin)", "-o", folder)
    assert code == 0
    assert out.splitlines()[1].split()[:3] == ["type", "both", "coarsens"]
    assert out.splitlines()[-1] == f"Page: {folder / 'truths.html'}"
    code, _, err = call("truths", table, "--truth", "type", "--truth", "both=crss(type, coin)")
    assert code == 2
    assert "did you mean 'cross'" in err


def test_one_truth_is_not_enough(call, table):
    """Two columns are needed."""
    code, _, err = call("truths", table, "--truth", "type")
    assert code == 2
    assert "name two or more" in err


def test_a_table_of_labels_is_audited(call, table, tmp_path):
    """A CSV answers question 3 alone: report, tables, and no annotated copy; the file is as it was."""
    before, out_folder = table.read_bytes(), tmp_path / "out"
    code, out, _ = call("audit", table, "--labels", "mine", "--truth", "type", "--truth", "coin", "-o", out_folder)
    assert code == 0
    assert "The clusters follow type" in out
    assert f"Report: {out_folder / 'report.html'}" in out
    assert (out_folder / "report.html").stat().st_size > 10_000
    assert not (out_folder / "annotated.h5ad").exists()
    assert table.read_bytes() == before
    answers = json.loads((out_folder / "answers.json").read_text(encoding="utf-8"))["answers"]
    assert answers["stability"]["status"] == "not applicable"
    assert pd.read_csv(out_folder / "tables" / "truths.csv")["truth"].tolist() == ["type", "coin"]


def test_a_table_needs_labels(call, table, tmp_path):
    """A CSV without --labels has nothing to judge; no folder is made."""
    code, _, err = call("audit", table, "--truth", "type", "-o", tmp_path / "out")
    assert code == 2
    assert "--labels" in err
    assert not (tmp_path / "out").exists()


def test_a_foreign_folder_is_left_alone(call, table, tmp_path):
    """Exit code 2, the code of the rule, and the folder as it was."""
    folder = tmp_path / "thesis"
    folder.mkdir()
    (folder / "chapter.tex").write_text("mine")
    code, _, err = call("audit", table, "--labels", "mine", "--truth", "type", "-o", folder)
    assert code == 2
    assert "store.folder" in err
    assert [path.name for path in folder.iterdir()] == ["chapter.tex"]
    assert (folder / "chapter.tex").read_text() == "mine"


def test_labels_from_another_table_are_joined_by_name(call, table, tmp_path):
    """Labels in a CSV beside the file: found by cell name; a column that both have is refused."""
    file, other = tmp_path / "a.h5ad", tmp_path / "other.csv"
    data = adata()
    data.write_h5ad(file)
    data.obs[["mine"]].rename(columns={"mine": "theirs"}).iloc[::-1].to_csv(other)
    given = ("audit", file, "--truth", "type", "--labels-only", "-o", tmp_path / "out", "--labels-from")
    code, out, _ = call(*given, other, "--labels", "theirs")
    assert code == 0
    assert "The clusters follow type (adjusted mutual information 1.00" in out
    assert (tmp_path / "out" / "annotated.h5ad").exists()
    code, _, err = call(*given, table, "--labels", "mine")
    assert code == 2
    assert "both tables have a column" in err


def test_the_multiverse_of_a_file_is_printed(call, tmp_path):
    """A dry run: the tree for the part and the levels asked for, and nothing written."""
    file = tmp_path / "a.h5ad"
    data = adata()
    data.obsm["X_emb"] = np.random.default_rng(0).normal(size=(data.n_obs, 4))
    data.write_h5ad(file)
    given = ("multiverse", file, "--use-rep", "X_emb", "--within", "type=A", "--within", "type=B", "--jobs", "1")
    code, out, _ = call(*given, "--vary", "resolution=0.5,1", "--clusterer", "kmeans", "--vary", "k=2")
    assert code == 0
    assert out.startswith("clusterer: leiden*, kmeans [exploratory]")
    assert "resolution: 0.5*, 1.0 (only with clusterer in leiden)" in out
    assert "the whole audit: " in out
    assert [path.name for path in tmp_path.iterdir()] == ["a.h5ad"]
    code, _, err = call("multiverse", file, "--use-rep", "X_umap")
    assert code != 0
    assert "there is no embedding 'X_umap'" in err


def test_failed_runs_have_their_own_exit_code(monkeypatch, tmp_path):
    """An audit that finished with failed runs says so and ends with 4."""
    from dataclasses import replace

    import typer

    from tests.planted import planted_audit

    found = planted_audit()
    runs = found.tables["runs"].copy()
    runs.loc[0, "status"] = "failed"
    broken = replace(found, tables={**found.tables, "runs": runs})
    said = []
    monkeypatch.setattr(cli, "_say", said.append)
    with pytest.raises(typer.Exit) as ended:
        cli._audit_to(tmp_path, lambda: broken)
    assert ended.value.exit_code == 4
    assert said == ["1 runs failed; the report says why."]


def test_doctor_examines_the_installation(call):
    """Versions and the machine, and exit code 0 where all is well."""
    code, out, _ = call("doctor")
    assert code == 0
    assert "numba cache" in out
    assert not any(line.startswith("error") for line in out.splitlines())


def test_doctor_names_all_that_is_wrong_with_a_file(call, table, tmp_path):
    """Errors first, with the code to look up, and exit code 2; a good file has none."""
    assert call("doctor", table)[0] == 0
    (tmp_path / "bad.h5ad").write_text("hello")
    code, out, err = call("doctor", tmp_path / "bad.h5ad")
    assert (code, err) == (2, "")
    assert out.startswith("error")
    assert "rashomon explain file.format" in out
