import pytest

from rashomon.io.gene import gene_remarks, species


@pytest.mark.parametrize("name", ["1-Mar", "2-SEP", "Sep-02", "dec-1", "2021-03-01", "2021-03-01 00:00:00"])
def test_dates_are_found(name):
    """In the forms in which spreadsheets leave them."""
    assert gene_remarks(["CD3E", name]) == (f"var_names: 1 gene names look like dates ({name}) [names.excel]",)


@pytest.mark.parametrize(
    "name", ["MARCHF1", "SEPTIN2", "DEC1", "H2-Ab1", "HLA-A", "1-Man", "SEP15", "NOV", "RP11-34P13.7"]
)
def test_genes_are_no_dates(name):
    """Symbols that resemble them are healthy."""
    assert gene_remarks([name]) == ()


def test_versions_are_counted():
    """Of Ensembl identifiers of any species; without version they are healthy."""
    names = ["ENSG00000141510.17", "ENSMUSG00000000001.4", "ENSG00000141510", "RP11-34P13.7"]
    assert gene_remarks(names)[0].startswith("var_names: 2 of 4 Ensembl identifiers carry a version")


@pytest.mark.parametrize(
    ("human", "mouse"),
    [("GRCh38_{}", "mm10___{}"), ("hg19_{}", "GRCm38_{}"), ("HUMAN_{}", "MOUSE_{}"), ("ENSG{:011d}", "ENSMUSG{:011d}")],
)
def test_two_species_are_counted(human, mouse):
    """By the prefix of the genome, or by the identifier."""
    names = [human.format(i) for i in range(30)] + [mouse.format(i) for i in range(12)]
    assert species(names) == {"human": 30, "mouse": 12}
    assert "genes of 2 species: 30 of human, 12 of mouse" in gene_remarks(names)[-1]


def test_one_species_and_some_spike_ins_are_healthy():
    """Fewer than ten genes of another species are transgenes; capitals tell nothing."""
    assert gene_remarks([f"ENSG{i:011d}" for i in range(30)] + [f"ENSMUSG{i:011d}" for i in range(9)]) == ()
    assert species(["CD3E", "Cd3e"] * 50) == {}
