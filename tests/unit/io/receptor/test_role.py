import pytest

from rashomon.io.receptor.role import arms_of, column_named, count_column, locus_named

HEADERS = {
    "VDJdb, wide": ["cdr3a", "v_a", "j_a", "cdr3b", "v_b", "d_b", "j_b", "species"],
    "VDJdb, full": ["cdr3.alpha", "v.alpha", "j.alpha", "cdr3.beta", "v.beta", "d.beta", "j.beta"],
    "tcrdist": ["count", "v_a_gene", "j_a_gene", "cdr3_a_aa", "cdr3_a_nucseq", "v_b_gene", "j_b_gene", "cdr3_b_aa"],
    "CoNGA": ["clone_id", "va", "ja", "cdr3a", "cdr3a_nucseq", "vb", "jb", "cdr3b", "db"],
    "McPAS": ["CDR3.alpha.aa", "CDR3.beta.aa", "TRAV", "TRAJ", "TRBV", "TRBD", "TRBJ"],
}


@pytest.mark.parametrize("name", HEADERS)
def test_the_columns_of_known_tables_are_found(name):
    """Both chains, each with its sequence, V and J."""
    alpha, beta = arms_of(HEADERS[name])
    assert (alpha.locus, beta.locus) == ("TRA", "TRB")
    assert all({"aa", "v", "j"} <= set(arm.columns) for arm in (alpha, beta))
    assert all("a" in arm.columns["v"].lower() or arm.locus == "TRB" for arm in (alpha, beta))


def test_each_column_has_its_part():
    """Nucleotides are not taken for amino acids, nor a database for a D gene."""
    _, beta = arms_of([*HEADERS["CoNGA"], "cdr3b_nucseq"])
    assert beta.columns == {"aa": "cdr3b", "nt": "cdr3b_nucseq", "v": "vb", "j": "jb"}


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (["cdr3", "v", "j"], {"aa": "cdr3", "v": "v", "j": "j"}),
        (["CDR3.aa", "V.name", "J.name", "Clones"], {"aa": "CDR3.aa", "v": "V.name", "j": "J.name"}),
        (["count", "cdr3nt", "cdr3aa", "v", "d", "j"], {"aa": "cdr3aa", "nt": "cdr3nt", "v": "v", "d": "d", "j": "j"}),
    ],
)
def test_tables_of_one_chain_need_a_gene(header, columns):
    """A plain table, one of immunarch, one of VDJtools."""
    (arm,) = arms_of(header)
    assert (arm.locus, arm.columns) == ("", columns)
    assert arms_of([name for name in header if name not in {arm.columns["v"], arm.columns["j"]}]) == ()


def test_a_table_of_labels_has_no_arms():
    """Nor one with genes alone."""
    assert arms_of(["cell", "cell_type", "v_call"]) == ()


def test_preferred_names_come_first():
    """Of two columns that fit, the order of the list decides, not that of the file."""
    assert column_named(["Reads", "UMI count"], ["umi_count", "reads"]) == "UMI count"
    assert count_column(["Reads", "Clone Count"]) == "Clone Count"
    assert count_column(["x"]) is None


def test_words_for_a_chain_are_loci():
    """Letters, words, old and new names; a gene of a virus is none."""
    assert [locus_named(word) for word in ("B", "beta", "TRB", "TCRB", "tcr_b", "heavy")] == ["TRB"] * 5 + ["IGH"]
    assert locus_named("BMLF1") == ""
