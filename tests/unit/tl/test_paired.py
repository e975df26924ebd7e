"""Both kinds of data of the same cells: files, MuData and AnnData give the same paired part."""

import warnings

import anndata
import mudata
import numpy as np
import pandas as pd
import pytest

from rashomon import datasets, io, tl
from rashomon.ask import QUESTIONS
from rashomon.core import UsageError, silent
from rashomon.tl.paired import both_of, expression_of, read_both
from tests import planted_paired

N_QUESTIONS = len(QUESTIONS)

# anndata says once that it may change how it holds awkward arrays; mudata announces a default of its next version
pytestmark = [
    pytest.mark.filterwarnings("ignore:Support for Awkward Arrays"),
    pytest.mark.filterwarnings("ignore:From 0.4"),
]

QUIET = {"announce": silent, "progress": silent, "n_jobs": 1}


def counts(found):
    """Cells with expression, with receptors, with both, and used."""
    return found.tables["paired_counts"].groupby("step", sort=False)["n_cells"].sum().to_dict()


@pytest.fixture(scope="module")
def planted():
    """A MuData in which 30 cells have expression alone, and 30 receptors alone."""
    return planted_paired.both(np.random.default_rng(2))


@pytest.fixture(scope="module")
def audited(planted):
    """The audit of its expression by given labels."""
    return tl.audit(planted, labels="state", donor_key="donor", labels_only=True, **QUIET)


def test_a_mudata_is_audited_by_its_expression(planted, audited):
    """Labels are judged, columns go into the modality of the expression, and the paired part has its tables."""
    gex = planted.mod["gex"]
    assert audited.dataset.obs_names.tolist() == gex.obs_names.tolist()
    assert "rashomon_verdict" in gex.obs
    assert counts(audited) == {
        "with expression": gex.n_obs, "with receptors": planted.mod["airr"].n_obs, "with both": gex.n_obs - 30,
        "used": gex.n_obs - 30,
    }  # fmt: skip
    assert audited.sentences()[N_QUESTIONS].startswith(f"Cells: {gex.n_obs} with expression")
    assert (audited.tables["paired"]["donors"] == "donor").all()


def test_a_file_gives_the_same(planted, audited, tmp_path):
    """Through the door, into a folder: the same tables, a section in the report, a figure."""
    with warnings.catch_warnings():
        # mudata and anndata announce changes of their defaults
        warnings.simplefilter("ignore")
        planted.write(tmp_path / "both.h5mu")
    said = []
    arguments = {"labels": "state", "donor_key": "donor", "labels_only": True, **QUIET, "announce": said.append}
    found = tl.audit_file(tmp_path / "both.h5mu", out=tmp_path / "out", arguments=arguments)
    for name in ("paired_counts", "paired", "paired_clusters", "paired_states", "paired_clones", "paired_cells"):
        pd.testing.assert_frame_equal(found.tables[name], audited.tables[name])
        assert (tmp_path / "out" / "tables" / f"{name}.csv").exists()
    assert (tmp_path / "out" / "figures" / "paired.png").exists()
    assert 'id="paired"' in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert any("with receptors" in line and "with both" in line for line in said)


def test_an_anndata_with_receptors_gives_the_same(planted, audited):
    """Receptors in obsm: cells without chains have expression alone, and the numbers are those of the MuData."""
    gex = planted.mod["gex"]
    rows = pd.Index(gex.obs_names).get_indexer(planted.mod["airr"].obs_names)
    shared = planted.mod["airr"].obs_names[rows >= 0]
    one = anndata.AnnData(gex.X, gex.obs[["state", "donor"]].copy(), gex.var)
    io.write_airr_obsm(one, planted_paired.receptors(table_of(planted, shared)))
    found = tl.audit(one, labels="state", donor_key="donor", labels_only=True, **QUIET)
    assert counts(found)["with receptors"] == counts(found)["with both"] == shared.size
    pd.testing.assert_frame_equal(found.tables["paired"], audited.tables["paired"])


def table_of(planted, names):
    """Donor and junction of cells, as planted."""
    gex = planted.mod["gex"].obs.loc[names]
    chains = planted.mod["airr"][names].obsm["airr"]
    aa = [cell[0]["junction_aa"] for cell in chains]
    return pd.DataFrame({"donor": gex["donor"].str[1:].astype(int), "aa": aa}, index=names)


def test_real_cells_are_counted():
    """wu2020: 150 cells with expression, 150 with receptors, 100 with both; too few clones to tell anything."""
    rows = io.receptors_from_frame(datasets.wu2020_airr())
    airr = anndata.AnnData(obs=pd.DataFrame(index=rows.obs_names))
    io.write_airr_obsm(airr, rows)
    with warnings.catch_warnings():
        # mudata warns about names that modalities share, which is what pairs them
        warnings.simplefilter("ignore")
        both = mudata.MuData({"gex": datasets.wu2020(), "airr": airr})
    found = tl.audit(both, labels="cluster_orig", donor_key="patient", labels_only=True, **QUIET)
    n = counts(found)
    assert [n[step] for step in ("with expression", "with receptors", "with both")] == [150, 150, 100]
    assert n["left out"] + n["used"] == 100
    assert n["used"] > 90
    assert "Cells: 150 with expression, 150 with receptors, 100 with both." in found.sentences()[N_QUESTIONS]
    assert [line.split(": ")[1][:11] for line in found.sentences()[N_QUESTIONS + 1 : N_QUESTIONS + 4]] == [
        "cannot tell"
    ] * 3


def test_a_part_of_the_cells(planted):
    """Only cells that are audited count, and only their receptors are compared."""
    found = tl.audit(
        planted, labels="state", donor_key="donor", labels_only=True, within={"donor": ["d0", "d1", "d2"]}, **QUIET
    )
    inside = planted.mod["gex"].obs["donor"].isin(["d0", "d1", "d2"])
    assert counts(found)["with expression"] == inside.sum()
    assert counts(found)["with receptors"] == planted.mod["airr"].n_obs
    assert set(found.tables["paired_cells"]["cell"]) <= set(planted.mod["gex"].obs_names[inside])


def test_receptors_that_cannot_be_used_do_not_stop_the_audit(planted):
    """Names that repeat, or other names: the audit goes on, and the counts say why nothing was compared."""
    gex, airr = planted.mod["gex"], planted.mod["airr"]
    for names, reason in (
        (np.full(airr.n_obs, gex.obs_names[0]), "repeat"),
        (airr.obs_names + "-x", "no cell has both"),
    ):
        other = airr.copy()
        with warnings.catch_warnings():
            # repeated names are what this is about
            warnings.simplefilter("ignore")
            other.obs_names = names
            pair = mudata.MuData({"gex": gex.copy(), "airr": other})
        found = tl.audit(pair, labels="state", labels_only=True, **QUIET)
        assert reason in found.tables["paired_counts"]["reason"].iloc[2]
        assert "None was compared." in found.sentences()[N_QUESTIONS]


def test_without_receptors_nothing_changes(planted):
    """An AnnData, or a MuData of expression alone, has no paired part."""
    gex = planted.mod["gex"]
    assert both_of(gex) is None
    assert expression_of(gex) is gex
    found = tl.audit(mudata.MuData({"gex": gex.copy()}), labels="state", labels_only=True, **QUIET)
    assert not [name for name in found.tables if name.startswith("paired")]
    with pytest.raises(UsageError, match="the modalities are airr"):
        expression_of(mudata.MuData({"airr": planted.mod["airr"]}))


def test_a_file_without_receptors_is_read_as_before(planted, tmp_path):
    """A MuData file of expression alone, and an h5ad, give the AnnData."""
    with warnings.catch_warnings():
        # mudata and anndata announce changes of their defaults
        warnings.simplefilter("ignore")
        mudata.MuData({"gex": planted.mod["gex"]}).write(tmp_path / "gex.h5mu")
        planted.mod["gex"].write_h5ad(tmp_path / "gex.h5ad")
    for name in ("gex.h5mu", "gex.h5ad"):
        assert isinstance(read_both(tmp_path / name), anndata.AnnData)
