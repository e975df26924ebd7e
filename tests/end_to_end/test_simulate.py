"""Worlds on the command line as users run it: drawn, drawn again from a file, fitted, audited."""

import subprocess
import sys

import anndata as ad
import pytest

from rashomon.sim import KNOBS
from rashomon.sim.catalogue import WORLDS


def run(*arguments, cwd):
    """Run the command line to its end, in a folder."""
    command = [sys.executable, "-m", "rashomon.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=cwd)


def test_without_a_name_the_catalogue_is_listed(tmp_path):
    """One line per world, nothing written; the same as `rashomon list worlds`."""
    done = run("simulate", cwd=tmp_path)
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(WORLDS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_knobs_are_listed_with_range_unit_and_default(tmp_path):
    """What may be given stands beside what it means."""
    done = run("list", "knobs", cwd=tmp_path)
    assert len(done.stdout.splitlines()) == len(KNOBS)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("batch_effect ")]
    assert line.endswith("[a number >= 0 and <= 10; default 0.0; log2 fold]")


@pytest.mark.statistical
def test_a_simulated_file_is_audited_with_its_truths(tmp_path):
    """The command that is printed at the end is typed as it stands, and the report says that the data are simulated."""
    done = run("simulate", "ideal", "-n", 300, "--seed", 1, "--set", "n_genes=300", "-o", "world.h5ad", cwd=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "ideal: simulated, not measured"
    assert lines[1].startswith("cells:  300 x 300 genes, ")
    audit = lines[-1].removeprefix("next:   rashomon ").split()
    assert audit == ["audit", "world.h5ad", "-o", "world_audit"]
    audited = run(*audit, "--max-pipelines", 8, "-j", 1, cwd=tmp_path)
    assert audited.returncode == 0, audited.stderr
    assert "The clusters follow type" in audited.stdout
    assert "simulated, not measured" in audited.stderr
    report = (tmp_path / "world_audit" / "report.html").read_text(encoding="utf-8")
    assert "imulated, not measured" in report
    assert "the best that any method could reach here" in report


@pytest.mark.statistical  # twenty seconds; worlds are tested one by one
def test_the_same_command_gives_the_same_cells(tmp_path):
    """Another seed gives others."""
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        assert run("simulate", "rare", "-n", 60, "--seed", seed, "-o", f"{name}.h5ad", cwd=tmp_path).returncode == 0
    first, again, other = (ad.read_h5ad(tmp_path / f"{name}.h5ad").X for name in "abc")
    assert (first != again).nnz == 0
    assert (first != other).nnz > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ideal", "--set", "n_group=3"), "did you mean 'n_groups'?"),
        pytest.param(("--set", "depth=3"), "there is no world ''", marks=pytest.mark.slow),
        pytest.param(("w.yaml",), "w.yaml:2:1: there is no key 'knob'; did you mean 'knobs'?", marks=pytest.mark.slow),
        pytest.param(("absent.yaml",), "cannot read absent.yaml: No such file or directory", marks=pytest.mark.slow),
    ],
)
def test_mistakes_end_with_code_2_and_the_nearest_name(arguments, said, tmp_path):
    """No traceback, no file."""
    (tmp_path / "w.yaml").write_text("world: a\nknob: {}\n")
    done = run("simulate", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False)
    assert said in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["w.yaml"]


@pytest.mark.statistical
def test_a_twin_is_fitted_kept_and_drawn_again(tmp_path):
    """From data to a look-alike with the same types and genes; the world that was kept gives the same cells."""
    run(
        "simulate", "ideal", "-n", 300, "--set", "n_genes=150", "--set", "n_markers=15", "-o", "real.h5ad", cwd=tmp_path
    )
    before = (tmp_path / "real.h5ad").read_bytes()
    fit = run("twin", "real.h5ad", "--truth", "type", "-o", "twin.h5ad", "--world", "twin.yaml", cwd=tmp_path)
    assert (fit.returncode, "Traceback" in fit.stderr) == (0, False), fit.stderr
    assert "twin.yaml, twin.parquet" in fit.stdout
    twin, real = ad.read_h5ad(tmp_path / "twin.h5ad"), ad.read_h5ad(tmp_path / "real.h5ad")
    assert list(twin.var_names) == list(real.var_names)
    assert set(twin.obs["type"]) == set(real.obs["type"])
    assert 0.8 < twin.X.sum() / real.X.sum() < 1.25
    assert (tmp_path / "real.h5ad").read_bytes() == before
    again = run("simulate", "twin.yaml", "-o", "again.h5ad", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert (ad.read_h5ad(tmp_path / "again.h5ad").X != twin.X).nnz == 0
    null = run("twin", "real.h5ad", "--null", "-o", "null.h5ad", cwd=tmp_path)
    assert null.returncode == 0, null.stderr
    assert "type" not in ad.read_h5ad(tmp_path / "null.h5ad").obs
    assert run("twin", "real.h5ad", "-o", "real.h5ad", cwd=tmp_path).returncode == 5
    assert (tmp_path / "real.h5ad").read_bytes() == before
