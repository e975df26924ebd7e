"""A MuData file of real cells on the command line: it prints how many cells have what."""

import subprocess
import sys

import pandas as pd
import pytest

# half a minute: in make statistical
pytestmark = [pytest.mark.realdata, pytest.mark.statistical]


def test_a_mudata_file_prints_its_counts(real_data, tmp_path):
    """wu2020: 150 cells with expression, 150 with receptors, 100 with both; the report has the section and figure."""
    file = real_data / "wu2020_paired" / "wu2020_200.h5mu"
    vary = ("n_genes=2000", "n_pcs=20", "n_neighbours=15", "resolution=0.5,1.0", "scale=none", "seed=0,1")
    given = [text for each in vary for text in ("--vary", each)]
    told = [str(file), "--donor", "patient", "-j", "1", *given, "-o", str(tmp_path / "out")]
    ended = subprocess.run(
        [sys.executable, "-m", "rashomon.cli", "audit", *told],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert (
        "  - Cells: 150 with expression, 150 with receptors, 100 with both. 94 were compared (6 left out, "
        in ended.stdout
    )
    assert "150 cells with expression, 150 with receptors, 100 with both" in ended.stderr
    counts = pd.read_parquet(tmp_path / "out" / "tables" / "paired_counts.parquet")
    assert counts["n_cells"].tolist() == [150, 150, 100, 6, 94]
    cells = pd.read_parquet(tmp_path / "out" / "tables" / "paired_cells.parquet")
    assert (len(cells), cells["used"].sum()) == (100, 94)
    assert 'id="paired"' in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert (tmp_path / "out" / "figures" / "paired.png").exists()
