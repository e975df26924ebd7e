from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.cluster.clonotype import define_clonotypes
from rashomon.core import UsageError
from rashomon.dataset import GeneCalls, Receptors, locus_codes
from rashomon.truth import clonotype_truth, declare, gene_truths, specs
from tests.sample import refused

AA = ["CASF", "CASF", "CASSF", "CASF", "CAVF", "CASF"]
V = ["TRBV9*01", "TRBV9*02", "TRBV9*01", "TRBV12-3*01,TRBV12-4*01", "TRAV1-2*01", ""]
OBS = pd.DataFrame({"x": range(7)})
DONOR = np.array([0, 0, 0, 0, 0, 0, -2])


@pytest.fixture
def chains():
    """Five betas and an alpha of six rows; a seventh row has none."""
    v, j = GeneCalls.from_texts(V), GeneCalls.from_texts(["TRBJ1-1*01"] * 4 + ["TRAJ33*01", "TRBJ2-1*01"])
    locus = locus_codes(np.array(["TRB"] * 4 + ["TRA", "TRB"], dtype=object))
    none = GeneCalls.from_texts([""] * 6)
    return Receptors(
        np.arange(6), locus, np.array(AA).astype("S"), np.array([b""] * 6), v, j, v, j, none, none, np.ones(6),
        np.ones(6, dtype=np.int8),
    )  # fmt: skip


def test_clones_of_two_rows_are_classes(chains):
    """A clonotype of one row is no class; rows that cannot have one are missing; both are counted."""
    truth, notes = clonotype_truth(chains, 7, "aa+V", donor=DONOR, name="clone")
    assert truth.codes.tolist() == [0, 0, -1, -1, -2, -2, -2]
    assert (truth.kind, truth.derived_from, truth.categories) == ("receptor", "sequence", ("clone 1",))
    assert truth.is_circular("sequence")
    assert notes[0].startswith("'clone': 2 of 7 rows are in 1 clonotypes (aa+V) of two rows or more; 2 are alone")
    assert "3 lack a chain" in notes[0]


def test_classes_are_the_clonotypes(chains):
    """Rows share a class exactly if they share a clonotype."""
    for name in ("aa", "aa+V+J", "hamming<=1", "levenshtein<=1", "aa, any"):
        truth, _ = clonotype_truth(chains, 7, name, donor=DONOR, name="t")
        found = define_clonotypes(chains, 7, name, donor=DONOR)
        same = (found[:, None] == found) & (found >= 0)
        np.fill_diagonal(same, val=False)
        classes = (truth.codes[:, None] == truth.codes) & (truth.codes >= 0)
        np.fill_diagonal(classes, val=False)
        assert (same == classes).all()


def test_an_unresolved_call_carries_both_genes(chains):
    """Its row has several classes; the family is one all the same."""
    truths = gene_truths(chains, 7)
    v = truths["v_gene"]
    assert v.categories == ("TRBV12-3", "TRBV12-4", "TRBV9")
    assert v.codes.tolist() == [2, 2, 2, -1, -2, -2, -2]
    assert v.label_sets.toarray()[3].tolist() == [True, True, False]
    assert v.label_sets.sum(axis=1).A1.tolist() == [1, 1, 1, 2, 0, 0, 0]
    assert truths["v_family"].codes.tolist() == [1, 1, 1, 0, -2, -2, -2]
    assert truths["v_family"].sets is None


def test_each_arm_has_its_truths(chains):
    """The chain with D gives the plain names, the other those that begin with vj; nobody is their origin."""
    truths = gene_truths(chains, 7)
    assert list(truths) == [
        "v_gene", "v_family", "j_gene", "cdr3_length", "vj v_gene", "vj v_family", "vj j_gene", "vj cdr3_length",
    ]  # fmt: skip
    assert truths["cdr3_length"].categories == ("4", "5")
    assert truths["cdr3_length"].codes.tolist() == [0, 0, 1, 0, -2, 0, -2]
    assert truths["vj v_gene"].codes.tolist() == [-2] * 4 + [0, -2, -2]
    assert {(truth.kind, truth.derived_from) for truth in truths.values()} == {("receptor", None)}
    assert next(iter(gene_truths(chains.take(chains.locus == 0), 7))) == "vj v_gene"


def test_the_recipe_makes_the_truth(chains):
    """NAME=clonotype(...) on the command line is the same function, of kind receptor and circular for sequences."""
    wanted = specs(["clone=clonotype(levenshtein<=1)", "other=clonotype(hamming<=1, beta)=biological"])
    donor = np.array([0, 0, 1, 1, 0, 1, 0])
    truths, notes = declare(OBS, wanted, receptors=chains, donor=donor)
    direct, _ = clonotype_truth(chains, 7, "levenshtein<=1", donor=donor, name="clone")
    assert truths["clone"].codes.tolist() == direct.codes.tolist()
    assert (truths["clone"].kind, truths["clone"].derived_from) == ("receptor", "sequence")
    assert (truths["other"].kind, truths["other"].derived_from) == ("biological", "sequence")
    assert not any("no donor is declared" in note for note in notes)


def test_without_donors_it_is_said_and_without_receptors_refused(chains):
    """Nothing is assumed in silence."""
    spec = specs(["clone=clonotype(aa)"])
    other = np.array([b"CASF", b"CASF", b"CAWWF", b"CAWWF", b"CAVF", b"CASF"])
    _, notes = declare(OBS, spec, receptors=replace(chains, junction_aa=other))
    assert "'clone': no donor is declared, so all rows count as of one donor" in notes
    with refused("derive.source", what="there are no receptors", where="truth 'clone'"):
        declare(OBS, spec)
    with pytest.raises(UsageError, match="'aa\\+W' is no definition"):
        specs(["clone=clonotype(aa+W)"])
