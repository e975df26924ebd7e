import importlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from olga.utils import nt2aa

from rashomon.core import UsageError
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import MODELS, recombination_model, recombine
from tests import olga_model

COMPLEMENT = str.maketrans("ACGT", "TGCA")
BETA = recombination_model("human", "TRB")
KEY = stream_key(11, "receptor")


def as_text(chains):
    """Every column of every row, to compare whole results."""
    table = olga_model.columns(chains) | {"attempts": chains.attempts, "productive": chains.productive}
    return {name: column.tolist() for name, column in table.items()}


def worn(sequence, deletion):
    """A germline with `deletion` nucleotides taken from its end, or palindromic ones added."""
    if deletion >= 0:
        return sequence[: len(sequence) - deletion]
    return sequence + sequence[deletion:].translate(COMPLEMENT)[::-1]


@given(model=st.sampled_from(MODELS), seed=st.integers(0, 2**32), productive=st.booleans())
def test_events_reassemble_to_the_junction(model, seed, productive):
    """V, D and J worn as the event says stand in the junction where it says, and nothing else but the insertions."""
    chains = recombine(recombination_model(*model), stream_key(seed, "x"), np.arange(40), productive=productive)
    _, genomic = olga_model.load(*model)
    mirrored = [each[1][::-1].translate(COMPLEMENT) for each in genomic.genJ]
    for row in np.flatnonzero(chains.junction != b""):
        junction = chains.junction[row].decode()
        v = worn(genomic.genV[chains.v[row]][1], chains.v_deletion[row])
        j = worn(mirrored[chains.j[row]], chains.j_deletion[row]).translate(COMPLEMENT)[::-1]
        d = ""
        if chains.d[row] >= 0:
            padded = genomic.cutD_genomic_CDR3_segs[chains.d[row]]
            left = chains.d_deletion_5[row] + genomic.max_delDl_palindrome
            d = padded[left : len(padded) - chains.d_deletion_3[row] - genomic.max_delDr_palindrome]
        at = len(v) + chains.insertion_1[row]
        assert junction.startswith(v)
        assert junction[at : at + len(d)] == d
        assert junction[at + len(d) + chains.insertion_2[row] :] == j
        translated = nt2aa(junction) if len(junction) % 3 == 0 else ""
        assert chains.junction_aa[row].decode() == translated
        good = "*" not in translated and translated[:1] == "C" and translated[-1:] in set("FVW")
        assert chains.productive[row] == good


@pytest.mark.parametrize(("species", "locus"), MODELS)
def test_events_before_selection_have_the_law_of_olgas_tables(species, locus):
    """V and J, deletions given an allele and insertions of events kept as they come fit olga's tables, chi-square.

    About 60 tests in all models, each at 1e-5: a right sampler fails one fixed seed in 1,700.
    """
    model, (theirs, genomic) = recombination_model(species, locus), olga_model.load(species, locus)
    chains = recombine(model, KEY, np.arange(60_000), productive=False)
    assert (chains.attempts == 1).all()
    # alleles without a law of deletions are never drawn
    v_able, j_able = theirs.PdelV_given_V.sum(axis=0) > 0, theirs.PdelJ_given_J.sum(axis=0) > 0
    some_v, some_j = (np.bincount(code).argmax() for code in (chains.v, chains.j))
    cases = [
        (chains.v_deletion[chains.v == some_v] + genomic.max_delV_palindrome, theirs.PdelV_given_V[:, some_v]),
        (chains.j_deletion[chains.j == some_j] + genomic.max_delJ_palindrome, theirs.PdelJ_given_J[:, some_j]),
    ]
    if model.has_d:
        joint = theirs.PDJ * j_able
        deletions = theirs.PdelDldelDr_given_D[:, :, 0]
        left, right = chains.d_deletion_5 + model.d_palindrome_5, chains.d_deletion_3 + model.d_palindrome_3
        both = (left * deletions.shape[1] + right)[chains.d == 0]
        cases += [(chains.v, theirs.PV * v_able), (chains.d.astype(int) * joint.shape[1] + chains.j, joint.ravel())]
        cases += [(both, deletions.ravel())]
        cases += [(chains.insertion_1, theirs.PinsVD), (chains.insertion_2, theirs.PinsDJ)]
    else:
        joint = theirs.PVJ * np.outer(v_able, j_able)
        cases += [(chains.v.astype(int) * joint.shape[1] + chains.j, joint.ravel())]
        cases += [(chains.insertion_1, theirs.PinsVJ)]
    values = [olga_model.fits(np.bincount(found, minlength=law.size), law) for found, law in cases]
    assert min(values) > 1e-5


@pytest.mark.parametrize(("species", "locus", "n"), [("human", "TRA", 1500), ("mouse", "TRB", 1500)])
def test_productive_chains_have_the_law_of_olgas(species, locus, n):
    """Two-sample tests of everything an event has; the large ones are among the statistical tests."""
    theirs, n_drawn = olga_model.draw(species, locus, n, 5)
    chains = recombine(recombination_model(species, locus), KEY, np.arange(20_000))
    values = olga_model.compare(olga_model.columns(chains), theirs, genomic=olga_model.load(species, locus)[1])
    kept = np.array([[len(chains), n], [chains.attempts.sum() - len(chains), n_drawn - n]]).T
    assert olga_model.chi_square(kept) > 1e-4
    assert min(values.values()) > 1e-4, values


def test_a_chain_depends_on_its_address_alone(monkeypatch):
    """Any part of a repertoire, in any order, by any number of threads, is the same chains."""
    units = np.arange(20_000)
    whole = recombine(BETA, KEY, units)
    some = np.random.default_rng(1).permutation(20_000)[:9000]
    assert as_text(recombine(BETA, KEY, some)) == as_text(whole[some])
    monkeypatch.setenv("RASHOMON_THREADS", "1")
    alone = recombine(BETA, KEY, units)
    monkeypatch.setenv("RASHOMON_THREADS", "3")
    assert as_text(alone) == as_text(whole) == as_text(recombine(BETA, KEY, units))
    assert whole.junction[0] != recombine(BETA, stream_key(12, "receptor"), units[:1]).junction[0]


def test_one_chain_can_be_asked_of_one_and_free_in_another():
    """Chains of which nothing is asked stay the same when others are given a V."""
    units = np.arange(100)
    v = np.where(units % 2, BETA.v_names.index("TRBV19*01"), -1)
    mixed, free = recombine(BETA, KEY, units, v=v), recombine(BETA, KEY, units)
    assert as_text(mixed[v < 0]) == as_text(free[v < 0])
    assert (mixed.v[v >= 0] == BETA.v_names.index("TRBV19*01")).all()


@pytest.mark.parametrize(("species", "locus"), [("human", "TRA"), ("human", "TRB")])
@pytest.mark.parametrize("asked", ["v", "j", "both"])
def test_conditional_draws_equal_filtered_ones(species, locus, asked):
    """Given V, J or both genes, everything else has the law that it has among the chains with these genes.

    42 tests of two samples, each at 1e-5.
    """
    model = recombination_model(species, locus)
    free = recombine(model, KEY, np.arange(400_000))
    v_gene, j_gene = (int(np.bincount(genes).argmax()) for genes in (free.v_genes(), free.j_genes()))
    has = np.ones(len(free), dtype=bool)
    codes = {}
    if asked != "j":
        has, codes["v"] = has & (free.v_genes() == v_gene), np.full(20_000, v_gene)
    if asked != "v":
        has, codes["j"] = has & (free.j_genes() == j_gene), np.full(20_000, j_gene)
    given_chains = recombine(model, stream_key(99, "other"), np.arange(20_000), level="gene", **codes)
    ours, filtered = olga_model.columns(given_chains), olga_model.columns(free[has])
    values = olga_model.compare(ours, filtered, genomic=olga_model.load(species, locus)[1])
    assert min(values.values()) > 1e-5, values
    assert set(given_chains.v_genes()) == {v_gene} or asked == "j"
    assert set(given_chains.j_genes()) == {j_gene} or asked == "v"


def test_chains_without_junction_have_none_said():
    """Of events kept as they come: no junction where V has no anchor; no residues out of frame; stops are stars."""
    chains = recombine(BETA, KEY, np.arange(5000), productive=False)
    anchorless = BETA.v_germline[chains.v] == b""
    assert anchorless.any()
    assert (chains.junction[anchorless] == b"").all()
    lengths = np.char.str_len(chains.junction)
    assert (np.char.str_len(chains.junction_aa) == np.where(lengths % 3, 0, lengths // 3)).all()
    stopped = np.char.find(chains.junction_aa, b"*") >= 0
    assert stopped.any()
    assert not chains.productive[stopped].any()


def test_what_has_probability_zero_is_refused_up_front():
    """A pseudogene is refused where chains must be productive, an allele without probability always."""
    pseudogene = np.array([BETA.v_names.index("TRBV1*01")])
    with pytest.raises(UsageError, match=r"productive chain with TRBV1\*01 has probability 0"):
        recombine(BETA, KEY, np.arange(1), v=pseudogene)
    assert recombine(BETA, KEY, np.arange(1), v=pseudogene, productive=False).v[0] == pseudogene[0]
    never = np.flatnonzero(BETA.genes_p == 0)[:1]
    with pytest.raises(UsageError, match="probability 0"):
        recombine(BETA, KEY, np.arange(1), v=never, productive=False)


def test_attempts_end(monkeypatch):
    """A chain that is not productive within the largest number of events is an error that names V and J."""
    module = importlib.import_module("rashomon.sim.vdj.recombine")
    monkeypatch.setattr(module, "MAX_ATTEMPTS", 1)
    with pytest.raises(UsageError, match=r"no productive chain with TRBJ2-7\*01 in 1 events"):
        recombine(BETA, KEY, np.arange(50), j=np.full(50, BETA.j_names.index("TRBJ2-7*01")))


@pytest.mark.parametrize(
    ("units", "v", "match"),
    [
        (np.array([-1]), None, "no list of numbers"),
        (np.array([0.5]), None, "no list of numbers"),
        (np.arange(2), np.array([1]), "v has shape"),
        (np.arange(1), np.array([89]), "codes that the model has not"),
        (np.arange(1), np.array([-2]), "codes that the model has not"),
    ],
)
def test_wrong_units_and_codes_are_refused(units, v, match):
    """Units are integers of at least 0, codes one per unit and known."""
    with pytest.raises(UsageError, match=match):
        recombine(BETA, KEY, units, v=v)


def test_no_units_are_no_chains():
    """An empty request gives an empty result of the same columns."""
    chains = recombine(BETA, KEY, np.arange(0))
    assert len(chains) == 0
    assert chains.junction.dtype.kind == "S"
