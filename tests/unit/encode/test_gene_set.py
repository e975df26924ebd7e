import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.encode.gene_set import GENE_SETS, candidates, flag_genes, n_flagged

HUMAN_AND_MOUSE = (
    "TRAV1-1 TRAV14DV4 TRAV38-2DV8 TRAJ24 TRAC TRBV20-1 TRBV20OR9-2 TRBVA TRBD1 TRBJ2-7 TRBC1 TRBC2 TRGV9 TRGVA TRGJP1 "
    "TRGC1 TRDV2 TRDD3 TRDJ1 TRDC IGHV3-23 IGHV1OR15-1 IGHVIII-2-1 IGHD IGHD3-10 IGHD1OR15-1A IGHJ6 IGHJ1P IGHM IGHG1 "
    "IGHG4 IGHGP IGHA1 IGHE IGHEP1 IGKV3-20 IGKV1OR2-108 IGKJ4 IGKC IGLV2-14 IGLVI-20 IGLJ3 IGLC2 IGLCOR22-1 "
    "Trav3n-3 Traj2 Trac Trbv19 Trbc1 Trgc1 Tcrg-C2 Tcrg-V6 Ighv1-72 Ighm Ighg2b Ighg2c Igha Igkc Igkv4-57 Iglc1"
)
LOOK_ALIKES = (
    "TRAF1 TRADD TRAP1 TRAM1 TRAPPC1 TRAK1 TRDN TRDMT1 TRBP TRIM28 TRGC TRC8 IGHMBP2 IGF1 IGFBP3 IGLL1 IGLL5 IGLON5 "
    "IGSF1 IGDCC3 CD3E CD247 PTCRA ENSG00000277734 Igf1r Igll1 TRA2B TRABD TRAIP IGBP1"
)


def members(name, symbols):
    """The symbols that belong to a set."""
    flags = flag_genes(symbols)
    return [symbol for symbol, flag in zip(symbols, flags, strict=True) if flag & GENE_SETS[name].bit]


def test_receptor_genes_are_found():
    """Variable, diversity, joining and constant genes of every chain, human and mouse, orphons and pseudogenes."""
    symbols = HUMAN_AND_MOUSE.split()
    assert members("receptor", symbols) == symbols


def test_genes_with_similar_symbols_are_not_receptors():
    """TRADD is no diversity gene, IGHMBP2 no constant one; surrogate light chains do not rearrange."""
    assert members("receptor", LOOK_ALIKES.split()) == []


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("mitochondrial", "MT-CO1 MT-ND4L mt-Nd1", "MTOR MT1X Mtch1 MTRNR2L1"),
        (
            "ribosomal",
            "RPS6 RPS3A RPS4X RPS4Y1 RPS27L RPSA RPL7A RPL36AL RPL22L1 RPLP0 Rpl13a Rps28",
            "RPS6KA1 RPS6KB2 RPS6KL1 MRPL1 RPP30 RPL13AP5",
        ),
        ("sex", "XIST RPS4Y1 DDX3Y Xist Eif2s3y Kdm5d", "DDX3X EIF2S3X KDM5C ZFX"),
        ("cell_cycle", "MKI67 PCNA Top2a CENPU MLF1IP JPT1", "CCND1 CDKN1A"),
    ],
)
def test_other_sets(name, inside, outside):
    """Each set holds its members in human and mouse spelling, and not their look-alikes."""
    assert members(name, inside.split()) == inside.split()
    assert members(name, outside.split()) == []


def test_the_cell_cycle_set_is_the_published_one():
    """43 genes of S phase and 54 of G2 and M phase; the three that were renamed occur under both names."""
    symbols = GENE_SETS["cell_cycle"].pattern.split("|")
    assert len(symbols) == len(set(symbols)) == 43 + 54 + 3


def test_bits_are_distinct_powers_of_two():
    """Sets can be told apart in one byte, and a gene can be in several."""
    bits = [record.bit for record in GENE_SETS.values()]
    assert len(set(bits)) == len(bits)
    assert all(bit in {1, 2, 4, 8, 16, 32, 64, 128} for bit in bits)
    assert flag_genes(["RPS4Y1"]).tolist() == [GENE_SETS["ribosomal"].bit + GENE_SETS["sex"].bit]


def test_identifiers_match_nothing():
    """Ensembl identifiers are in no set, and the count says so."""
    assert set(n_flagged(flag_genes(["ENSG00000277734", "ENSMUSG00000076928"])).values()) == {0}


def test_candidates_are_positions_among_the_columns_left():
    """Flags are those of the data set; columns may be a part of its genes."""
    flags = flag_genes(["TRAC", "CD3E", "XIST", "TRBC1", "CD4"])
    genes = np.array([1, 3, 4])
    assert candidates(genes, flags, exclude="receptor").tolist() == [0, 2]
    assert candidates(genes, flags, exclude="").tolist() == [0, 1, 2]


def test_refuses_an_unknown_set_and_an_empty_rest():
    """A typing error names the nearest set; excluding every gene is an error."""
    with pytest.raises(UsageError, match="unknown gene set 'receptors'"):
        candidates(np.arange(1), flag_genes(["CD4"]), exclude="receptors")
    with pytest.raises(UsageError, match="every one of 1 genes"):
        candidates(np.arange(1), flag_genes(["TRAC"]), exclude="receptor")
