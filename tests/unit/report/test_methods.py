from dataclasses import replace

import pandas as pd
import pytest

from rashomon.report.methods import citations, methods
from tests import example_audit


@pytest.fixture
def plain_audit():
    return example_audit.audit()


def test_paragraph_says_what_was_done(plain_audit):
    """Labels, data, settings, repeats, scores, intervals, seed and versions are named."""
    text = methods(plain_audit)
    for words in (
        "in the column leiden (8 clusters, 240 cells of pbmc3k.h5ad)",
        "rashomon 0.1.0",
        "normalise: log1p CP10k, log1p PF, Pearson residuals",
        "the pipeline closest to the labels was run again (normalise=log1p CP10k | n_genes=2000; AMI",
        "20 half-samples of cells",
        "0.5 or more",
        "cell_type, protein_gate, batch, phase, site",
        "200 half-samples of cells, labels fixed",
        "Root of the random numbers: 12345",
        "numpy 2.0.0",
    ):
        assert words in text
    assert text.endswith(".")
    assert "  " not in text


def test_settings_that_were_not_varied_are_not_claimed(plain_audit):
    """A choice with one level is no alternative."""
    assert "n_neighbours" not in methods(plain_audit)


def test_labels_only_claims_no_analysis():
    """Without a matrix nothing was repeated, and the paragraph says so."""
    text = methods(example_audit.audit(labels_only=True))
    assert "no analysis was repeated" in text
    assert "run again" not in text
    assert "Jaccard" not in text


def test_default_pipeline_is_named_as_such(plain_audit):
    """Labels that nobody gave are not called the user's."""
    audit = replace(plain_audit, judged=replace(plain_audit.judged, own=False))
    assert "The clustering made by the default pipeline" in methods(audit)


def test_citations_come_once_from_the_records(plain_audit):
    """What was used is cited once, from the record that implements it, and nothing that was not used."""
    found = dict(citations(plain_audit))
    sources = list(found.values())
    assert len(set(sources)) == len(sources)
    assert found["AMI"].startswith("Vinh")
    assert found["halves"].startswith("Shah")
    assert found["clusterer = leiden"].startswith("Traag")
    assert found["normalise = Pearson residuals"] == "Lause 2021"
    assert "silhouette" not in found
    assert set(dict(citations(example_audit.audit(labels_only=True)))) == {"AMI", "ARI"}


def test_simulated_data_are_called_so_in_the_methods():
    """With the name of the world, its whole digest and its seed; measured data are called nothing."""
    said = methods(example_audit.audit(simulated=True))
    digest = "0123456789abcdef" * 4
    assert f"The data were simulated, not measured: world two types (sha256 {digest}, seed 987654)." in said
    assert "simulated" not in methods(example_audit.audit())


def test_repeats_of_every_pipeline_are_said(plain_audit):
    """Only where they were made."""
    said = "Every other pipeline was repeated in the same way"
    assert said not in methods(plain_audit)
    table = pd.DataFrame({"pipeline": ["a", "b"]})
    assert said in methods(replace(plain_audit, tables={**plain_audit.tables, "pipeline_repeats": table}))
