import pytest

from rashomon.core import InputError, UsageError
from rashomon.dataset import GeneCalls
from rashomon.io.receptor.gene_name import raw_calls
from rashomon.io.receptor.species import species_of
from tests.chain_sample import FIXTURES, airr_frame


def calls(*texts):
    """Return calls."""
    return [GeneCalls.from_texts(texts)]


@pytest.mark.parametrize(
    ("file", "columns", "species"),
    [
        ("dash_mouse.tsv.gz", ["v_a_gene", "v_b_gene", "j_a_gene", "j_b_gene"], "mouse"),
        ("wu2020_tcr.airr.tsv.gz", ["v_call", "j_call"], "human"),
        ("ards_tcr_500cells.airr.tsv.gz", ["v_call", "j_call"], "human"),
        ("airr_examples/airr_tra_issue_280.tsv", ["v_call", "j_call"], "mouse"),
    ],
)
def test_the_species_of_real_tables(file, columns, species):
    """No call of these tables names a gene of the other species."""
    frame = airr_frame(FIXTURES / file)
    found, notes = species_of([raw_calls(frame[column].to_numpy(dtype=object)) for column in columns])
    assert (found, len(notes)) == (species, 1)


def test_mouse_spelling_in_human_data_is_refused():
    """B86: Trbv and TRBV are two species."""
    with pytest.raises(InputError, match="1 calls name genes of mouse and 2 genes of human") as caught:
        species_of(calls("TRBV7-9", "TRBV7-8", "Trbv29"))
    assert caught.value.code == "receptor.species"


def test_what_was_said_is_held_against_the_genes():
    """Genes of human are not read as mouse."""
    with pytest.raises(InputError, match="genes of human and 0 genes of mouse"):
        species_of(calls("TRBV7-9"), said="mouse")
    assert species_of(calls("TRBV7-9"), said="human") == ("human", ())


def test_a_few_foreign_names_are_said():
    """One in a hundred is a typing error, or not; it is kept."""
    found, notes = species_of(calls(*["TRBV7-9"] * 100, "TRAV3N-3*01"))
    assert found == "human"
    assert notes[-1].endswith(
        "1 calls name genes of mouse and 100 genes of human (TRAV3N-3*01 1) [receptor.species_few]"
    )


def test_names_that_both_species_have_tell_nothing():
    """Nor do names of families: TRBV13 of mouse is TRBV13-1 to TRBV13-3."""
    found, notes = species_of(calls("TRBV13", "TRBJ2-7", "TRBV20", "IGHV1-18*01"))
    assert found == "human"
    assert notes == ("receptors: no gene name tells the species [receptor.species_unsaid]",)


def test_a_prefix_says_it():
    """Also for B cell receptors, whose names both species share."""
    assert species_of(calls("Homsap IGHV1-18*01 F"))[1][0].startswith("receptors: the genes are those of human")
    assert species_of(calls("Ighv1-18"))[0] == "mouse"


def test_unknown_species_are_refused():
    """With the known ones."""
    with pytest.raises(UsageError, match="unknown species 'rat'"):
        species_of(calls("TRBV9"), said="rat")
