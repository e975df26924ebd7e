import numpy as np
import pytest

from rashomon.io.receptor.airr import read_airr
from rashomon.io.receptor.organism import of_species
from tests.receptor_table import airr
from tests.sample import noted, refused


def reading(species):
    columns = airr() if species is None else airr(species=species)
    return read_airr({name: np.array(values, dtype=object) for name, values in columns.items()}, where="a.tsv")


MIXED = ["HomoSapiens", "MusMusculus", "HomoSapiens", ""] * 3


@pytest.mark.parametrize(("word", "species"), [("Homo sapiens", "human"), ("MusMusculus", "mouse"), ("Mouse", "mouse")])
def test_one_species_is_taken_from_its_column(word, species):
    """In the spellings of VDJdb, McPAS and others."""
    _, found, dropped = of_species(reading(word), None)
    assert (found, dropped) == (species, [])


def test_several_species_are_refused_unless_one_is_asked_for():
    """The rows of others are then left out, counted and named (B86); rows that say none stay."""
    with refused("receptor.mixed_species", what="HomoSapiens 6, MusMusculus 3", where="a.tsv, species"):
        of_species(reading(MIXED), None)
    kept, species, dropped = of_species(reading(MIXED), "human")
    assert (species, dropped) == ("human", ["s1", "s5", "s9"])
    assert kept.obs.index.tolist() == ["s0", "s2", "s3", "s4", "s6", "s7", "s8", "s10", "s11"]
    assert kept.chains.obs.tolist() == list(range(9))
    assert kept.chains.sequence_id.tolist() == kept.obs.index.tolist()
    noted("receptor.other_species", kept.notes, what="3 of 12 rows are of other species than human")


def test_a_species_that_no_row_has_is_refused():
    """Also one that is not known at all."""
    with refused("receptor.mixed_species", what="no row is of mouse: HomoSapiens 12", where="a.tsv, species"):
        of_species(reading("HomoSapiens"), "mouse")
    with refused("receptor.mixed_species", what="MacacaMulatta 12", where="a.tsv, species"):
        of_species(reading("MacacaMulatta"), None)


def test_without_a_column_nothing_changes():
    """What was said is handed on."""
    whole = reading(None)
    assert of_species(whole, "mouse") == (whole, "mouse", [])
    assert of_species(whole, None)[1] is None
    assert of_species(reading("HomoSapiens"), "humna")[1:] == ("humna", [])
