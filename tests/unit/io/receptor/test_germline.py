import pytest
import tidytcells

from rashomon.core import UsageError
from rashomon.io.receptor.germline import LONGEST, SPECIES, germline, segment_of


@pytest.mark.parametrize(
    ("gene", "segment"),
    [("IGHM", "C"), ("IGHA", "C"), ("IGHD", "C"), ("IGHD1-1*01", "D"), ("IGKC", "C"), ("TRBC2", "C"), ("TRGJP1", "J"),
     ("TRAV14/DV4", "V"), ("TRDD3", "D"), ("IGHD1/OR15-1a", "D"), ("X", "")],
)  # fmt: skip
def test_segments(gene, segment):
    """IGHD is a constant gene, IGHD1-1 is not."""
    assert segment_of(gene) == segment


@pytest.mark.parametrize("species", ["human", "mouse"])
def test_anchors_are_those_of_the_germline(species):
    """Where tidytcells marks the residue of an allele, it is the one that is found in the sequence."""
    known = germline(species)
    anchors = known.anchors()
    marked = 0
    for name in (name for name in anchors if "*" in name):
        source = tidytcells.tr if name.startswith("TR") else tidytcells.ig
        regions = source.get_aa_sequence(name, species={"human": "homosapiens", "mouse": "musmusculus"}[species])
        said = {"J-PHE": "F", "J-TRP": "W", "J-CYS": "C"}
        for region in said.keys() & regions.keys():
            assert anchors[name][0] == said[region], name
            marked += 1
    assert marked > 70
    assert (anchors["TRAJ33"][0], anchors["TRAJ38"][0], anchors["TRBJ2-7"][0]) == ("W", "W", "F")


def test_families_have_members():
    """Orphons are no members; a family of one gene is that gene."""
    human = germline("human")
    assert human.members("TRBV20") == ["TRBV20-1"]
    assert {"TRBV6-1", "TRBV6-2"} <= set(human.members("TRBV6"))
    assert human.members("IGHA") == ["IGHA1", "IGHA2"]


def test_other_species_are_unknown():
    """The known ones are listed."""
    with pytest.raises(UsageError, match="unknown species 'macaque'"):
        germline("macaque")


def test_no_gene_has_a_name_as_long_as_the_limit():
    """The longest names of both species are far below it, and a longer text has no name."""
    for species in SPECIES:
        assert 2 * max(map(len, germline(species).alleles)) < LONGEST
    assert germline("human").standard("TRBV" + "0" * LONGEST + "9") is None
