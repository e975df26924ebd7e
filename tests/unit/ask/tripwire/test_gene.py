"""Trip-wires on genes: what fires, what is healthy and looks like it."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.ask import TRIPWIRES
from rashomon.ask.tripwire.gene import is_receptor_gene, species_of
from rashomon.dataset import Expression, Roles
from tests.planted import N_OBS, N_VARS, counts, dataset, groups, judged, truth

SYMBOLS = ["CD3D", "LYZ", "MS4A1", *(f"GENE{j}" for j in range(3, N_VARS))]


def with_genes(names, x=None, **given):
    """The planted data under other gene names, or with other counts."""
    x = counts() if x is None else sp.csr_matrix(x.astype(np.float32))
    return replace(dataset(**given), expression=Expression(x, np.array(names, dtype=object), "counts"))


def check(name, data, labels=None):
    """What a wire says with the thresholds on record."""
    return TRIPWIRES[name].check(data, labels)


@pytest.mark.parametrize(
    "name", ["TRAV1-2", "TRBV20-1", "TRBJ2-7", "TRDV2", "TRAV29/DV5", "IGHV3-23", "IGKV1D-39", "Trbv13-1"]
)
def test_segments_are_receptor_genes(name):
    """V, D and J segments of human and mouse receptors, with or without a prefix."""
    assert is_receptor_gene(name)
    assert is_receptor_gene(f"GRCh38_{name}")


@pytest.mark.parametrize(
    "name", ["TRAC", "TRBC1", "IGHM", "IGHD", "IGKC", "IGLL5", "TRADD", "TRDN", "IGHMBP2", "TRAF1", ""]
)
def test_other_genes_are_not(name):
    """Constant genes carry no clone, and names that only begin alike are others."""
    assert not is_receptor_gene(name)


def test_selected_receptor_genes_fire():
    """In a file of few genes each is a feature: one V gene in enough cells fires; without it the wire is quiet."""
    found = check("receptor_genes", with_genes(["TRBV7-2", *SYMBOLS[1:]]))
    assert (found.status, found.concerned) == ("fired", ("TRBV7-2",))
    assert "1 of 150 selected genes" in found.said
    assert check("receptor_genes", with_genes(SYMBOLS)).status == "quiet"


def test_a_receptor_gene_that_marks_a_cluster_fires():
    """In a file of all genes a V gene fires where it marks a cluster, and not where it is spread over all."""
    many = sp.hstack([counts(), sp.csr_matrix((N_OBS, 6000))]).tocsr()
    names = [*SYMBOLS, *(f"FEW{j}" for j in range(6000))]
    marking = with_genes(["TRBV7-2", *names[1:]], many)
    found = check("receptor_genes", marking, judged())
    assert found.status == "fired"
    assert "cluster 0 (TRBV7-2, AUROC" in found.said
    spread = with_genes([*names[:100], "TRBV7-2", *names[101:]], many)
    assert check("receptor_genes", spread, judged()).status == "quiet"


def test_names_that_are_no_symbols_cannot_be_judged():
    """Silence of a file of identifiers means nothing."""
    names = [f"ENSG{j:011d}" for j in range(N_VARS)]
    assert check("receptor_genes", with_genes(names)).status == "not computable"
    assert check("foreign_species", with_genes([f"gene_{j}" for j in range(N_VARS)])).status == "not computable"
    assert check("foreign_species", with_genes(names)).status == "quiet"


def batches():
    """Two batches, independent of the groups."""
    return truth("run", (np.arange(N_OBS) % 2).astype(np.int32), kind="technical", categories=("a", "b"))


def test_genes_a_batch_did_not_measure_fire():
    """Twelve genes without a count in one of two batches; with all genes, or nine missing, the wire is quiet."""
    roles = Roles(batch=batches())
    x = counts().toarray()
    common = np.argsort(-(x > 0).sum(axis=0))
    for n, status in ((0, "quiet"), (9, "quiet"), (12, "fired")):
        lost = x.copy()
        lost[np.ix_(batches().codes == 1, common[:n])] = 0
        found = check("absent_genes", with_genes(SYMBOLS, lost, roles=roles))
        assert found.status == status, n
    assert found.said == "run b has no count in 12 genes that the others express"
    assert set(found.concerned) == {SYMBOLS[j] for j in common[:12]}


def test_a_shallow_batch_lacks_no_genes():
    """Zeros that so few counts would give by chance do not fire."""
    x = counts().toarray()
    x[batches().codes == 1] = np.random.default_rng(0).binomial(x[batches().codes == 1].astype(int), 0.02)
    assert check("absent_genes", with_genes(SYMBOLS, x, roles=Roles(batch=batches()))).status == "quiet"


@pytest.mark.parametrize(
    ("name", "species"),
    [("CD3D", "human"), ("C1orf112", "human"), ("HLA-DRA", "human"), ("MT-CO1", "human"), ("RP11-206L10.2", "human"),
     ("Cd3d", "mouse"), ("mt-Co1", "mouse"), ("H2-Ab1", "mouse"), ("1700001C02Rik", "mouse"), ("Gm1234", "mouse"),
     ("hg19_CD3D", "human"), ("mm10_Cd3d", "mouse"), ("gene_0001", ""), ("g12", "")],
)  # fmt: skip
def test_species_by_name(name, species):
    """Prefixes decide, then the capitals of symbols."""
    assert species_of(name) == species


def test_foreign_cells_fire():
    """Six cells on mouse genes fire and are named; cells with a little of the other species do not."""
    names = [f"GRCh38_G{j}" for j in range(75)] + [f"mm10___G{j}" for j in range(75)]
    x = counts().toarray()
    x[:, 75:] *= np.random.default_rng(0).random((N_OBS, 75)) < 0.02
    assert check("foreign_species", with_genes(names, x)).status == "quiet"
    x[:6, :75], x[:6, 75:] = 0, 5
    found = check("foreign_species", with_genes(names, x))
    assert found.status == "fired"
    assert found.concerned == tuple(f"c{i}" for i in range(6))
    assert found.said.startswith("genes of human and mouse; 6 of 96 cells are not human")
    assert groups().size == N_OBS
