"""Every table of receptors of the real data is read as its description has it, or refused for a reason."""

import pytest

from rashomon.io.receptor.read import read_receptors
from tests.sample import refused

pytestmark = pytest.mark.realdata

READ = {
    "ards_paired/ards_tcr_500cells.airr.tsv.gz": ({}, "cell", 365, 760, "human"),
    "ards_paired/ards_tcr_all8samples.tsv.gz": ({"sample_key": "sample_id"}, "cell", 27_185, 55_153, "human"),
    "bcr_flu_vaccine/bcr_flu_vaccine.airr.tsv.gz": ({"truths": ["sample_id"]}, "row", 1_999, 1_999, "human"),
    "dash_mouse/dash_mouse.tsv.gz": ({"truths": ["epitope"]}, "row", 1_924, 3_848, "mouse"),
    "mira_covid/mira_covid.tsv.gz": ({"truths": ["pool"]}, "row", 24_892, 24_892, "human"),
    "ms_bulk_trb/ms_bulk_trb.airr.tsv.gz": ({"donor_key": "repertoire_id"}, "row", 76_820, 76_820, "human"),
    "paired_tcr_multi_db/paired_human_tcr_multi_db.tsv.gz": ({"truths": ["epitope"]}, "row", 3_060, 6_120, "human"),
    "vdjdb/vdjdb_dev.tsv.gz": ({"species": "human", "truths": ["epitope"]}, "row", 50_765, 66_049, "human"),
    "wu2020_paired/wu2020_tcr.airr.tsv.gz": ({}, "cell", 150, 379, "human"),
}
"""Options, and what comes out: what a row is, rows, chains, species."""


@pytest.mark.parametrize("path", READ)
def test_receptors_are_read_as_they_are_described(real_data, path):
    """The digest is the one that was published with the file."""
    options, *expected = READ[path]
    dataset = read_receptors(real_data / path, **options)
    receptors = dataset.receptors
    assert [dataset.item, dataset.n_obs, receptors.n_chains, receptors.species] == expected
    assert any("as SHA256SUMS says" in note for note in dataset.rows.notes)


def test_three_species_are_refused(real_data):
    """VDJdb holds receptors of mouse and macaque too."""
    with refused("receptor.mixed_species", what="MusMusculus 3,083", where="vdjdb_dev.tsv.gz, species"):
        read_receptors(real_data / "vdjdb" / "vdjdb_dev.tsv.gz")


def test_a_ragged_table_is_refused(real_data):
    """From a bug report: the fourth row is the first that is whole."""
    with refused("table.ragged", what="line 3 has 94 fields and the header 96", where="line 3"):
        read_receptors(real_data / "airr_examples" / "airr_tra_issue_280.tsv")
