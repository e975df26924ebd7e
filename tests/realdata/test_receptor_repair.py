"""Receptors of the real tables: what is repaired and what is refused, in numbers that their descriptions bear out."""

import pytest
from mudata import read_h5mu

from rashomon.core import InputError
from rashomon.io.receptor.modality import receptor_dataset
from rashomon.io.receptor.repair import receptors_of
from rashomon.io.rule import code_of
from tests.chain_sample import airr_frame, frame_table, wide

pytestmark = pytest.mark.realdata


def noted(notes, text):
    """Return whether a note holds a text."""
    return any(text in note for note in notes)


def test_flu_heavy_chains(real_data):
    """Names with species and functionality are repaired in every row; a quarter of the junctions has lost its W."""
    frame = airr_frame(real_data / "bcr_flu_vaccine" / "bcr_flu_vaccine.airr.tsv.gz")
    receptors, notes = receptors_of(frame_table(frame))
    assert (receptors.n_chains, receptors.loci, receptors.species) == (1999, ("IGH",), "human")
    assert all(name.startswith("IGHV") for name in receptors.v.names)
    assert "Homsap IGHV3-11*05 F" in receptors.v_raw.names
    assert noted(notes, "v_call: 387 calls name several genes")
    assert noted(notes, "483 junctions do not run from C to F or W [receptor.unanchored]")
    # the aligner of the table gave genotyped calls too: the same genes, but for those that the genotype excludes
    genes, same = receptors.v.at("gene"), 0
    for call, genotyped in zip(genes.texts, frame["v_call_genotyped"], strict=True):
        same += bool(set(call.split(",")) & {name.partition("*")[0] for name in genotyped.split(",")})
    assert same > 0.95 * 1999


def test_vdjdb_is_of_three_species(real_data):
    """The whole is refused; human and mouse are read on their own, and macaque is not human."""
    frame = airr_frame(real_data / "vdjdb" / "vdjdb_dev.tsv.gz")
    names = {"v_call": "v_b", "j_call": "j_b", "junction_aa": "cdr3b"}
    with pytest.raises(InputError, match=r"genes of mouse and .* genes of human") as caught:
        receptors_of(frame_table(frame, names))
    assert caught.value.code == "receptor.species"
    for species, n in (("HomoSapiens", 50_765), ("MusMusculus", 3083)):
        receptors, notes = receptors_of(frame_table(frame[frame["species"] == species], names))
        assert (receptors.n_chains, receptors.species) == (n, {"H": "human", "M": "mouse"}[species[0]])
        share = sum(code_of(note) == "receptor.gene_kept" for note in notes)
        assert share <= 2
    with pytest.raises(InputError, match=r"\w"):
        receptors_of(frame_table(frame[frame["species"] == "MacacaMulatta"], names))


def test_ambiguous_calls_of_vdjdb_are_sets(real_data):
    """About a thousand V calls of beta chains name several genes, as the description says."""
    frame = airr_frame(real_data / "vdjdb" / "vdjdb_dev.tsv.gz")
    frame = frame[frame["species"] == "HomoSapiens"]
    receptors, notes = receptors_of(frame_table(frame, {"v_call": "v_b", "j_call": "j_b", "junction_aa": "cdr3b"}))
    several = frame["v_b"].str.contains(r"[,;/]| or ").sum()
    assert noted(notes, f"v_call: {several:,} calls name several genes")
    assert sum("," in text for text in receptors.v.texts) == several


def test_missing_last_residues_of_vdjdb(real_data):
    """Most junctions without an end only miss their F; where it is added, J ends as the germline does."""
    frame = airr_frame(real_data / "vdjdb" / "vdjdb_dev.tsv.gz")
    chains = frame_table(
        frame[frame["species"] == "HomoSapiens"], {"v_call": "v_b", "j_call": "j_b", "junction_aa": "cdr3b"}
    )
    before, _ = receptors_of(chains)
    after, notes = receptors_of(chains, complete_end=True)
    assert noted(notes, "the last residue was added to 1,363 of 41,788 junctions")
    assert int(after.flags["anchored"].sum() - before.flags["anchored"].sum()) == 1363


def test_reads_of_mira_are_cut_to_their_junctions(real_data):
    """Its nucleotides are reads of 87 bases around the junction."""
    names = {"v_call": "v_b_gene", "j_call": "j_b_gene", "junction_aa": "cdr3_b_aa", "junction": "cdr3_b_nucseq"}
    receptors, notes = receptors_of(frame_table(airr_frame(real_data / "mira_covid" / "mira_covid.tsv.gz"), names))
    assert noted(notes, "24,892 reads cut to the junction")
    assert not noted(notes, "receptor.translation")
    assert receptors.junction.dtype.itemsize == 3 * receptors.junction_aa.dtype.itemsize


def test_bulk_chains_that_are_not_productive(real_data):
    """Those that the table marks are those that are damaged."""
    frame = airr_frame(real_data / "ms_bulk_trb" / "ms_bulk_trb.airr.tsv.gz")
    receptors, notes = receptors_of(frame_table(frame))
    assert noted(notes, "1,327 junctions are damaged")
    assert (receptors.productive == 0).tolist() == (frame["productive"] == "F").tolist()


def test_clean_tables_are_left_alone(real_data):
    """55,153 chains of Cell Ranger, and mouse chains of tcrdist3."""
    frame = airr_frame(real_data / "ards_paired" / "ards_tcr_all8samples.tsv.gz")
    receptors, _ = receptors_of(frame_table(frame))
    assert receptors.v.texts.tolist() == frame["v_call"].tolist()
    assert receptors.flags["mait_like"].sum() == 150
    assert receptors.flags["inkt_like"].sum() == 1
    mouse, _ = receptors_of(frame_table(airr_frame(real_data / "dash_mouse" / "dash_mouse.tsv.gz"), wide("a")))
    assert mouse.v.texts.tolist() == mouse.v_raw.texts.tolist()


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore:Support for Awkward Arrays")
def test_cells_of_a_mudata(real_data):
    """150 cells with receptors, 150 with expression, 100 with both, as the description says."""
    data = read_h5mu(real_data / "wu2020_paired" / "wu2020_200.h5mu")
    dataset = receptor_dataset(data, truths=["cluster_orig"], donor_key="patient", source="wu")
    assert "wu: 150 cells with receptors and 150 with expression, 100 with both" in dataset.rows.notes
    assert (dataset.n_obs, dataset.receptors.n_chains) == (150, 379)
    assert dataset.truths["cluster_orig"].n_labelled == 100
    table, _ = receptors_of(frame_table(airr_frame(real_data / "wu2020_paired" / "wu2020_tcr.airr.tsv.gz")))
    assert sorted(dataset.receptors.junction_aa.tolist()) == sorted(table.junction_aa.tolist())
