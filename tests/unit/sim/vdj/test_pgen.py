import numpy as np
import pytest
from olga.generation_probability import GenerationProbabilityVDJ, GenerationProbabilityVJ

from rashomon.core import UsageError
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import pgen, recombination_model, recombine
from tests import olga_model

BETA = recombination_model("human", "TRB")


@pytest.mark.parametrize(("species", "locus", "kind"), [("human", "TRB", "VDJ"), ("human", "TRA", "VJ")])
def test_it_is_olgas_number(species, locus, kind):
    """Free, given V and J genes, and given alleles, it is what olga says of the names."""
    model, theirs = recombination_model(species, locus), olga_model.load(species, locus)
    engine = {"VDJ": GenerationProbabilityVDJ, "VJ": GenerationProbabilityVJ}[kind](*theirs)
    chains = recombine(model, stream_key(2, "pgen"), np.arange(6))
    words = [each.decode() for each in chains.junction_aa]
    expected = [engine.compute_aa_CDR3_pgen(word, print_warnings=False) for word in words]
    np.testing.assert_allclose(pgen(model, chains.junction_aa), np.log10(expected))
    v, j = chains.v_genes(), chains.j_genes()
    expected = [
        engine.compute_aa_CDR3_pgen(word, [model.v_genes[a]], [model.j_genes[b]], print_warnings=False)
        for word, a, b in zip(words, v, j, strict=True)
    ]
    np.testing.assert_allclose(pgen(model, chains.junction_aa, v, j, level="gene"), np.log10(expected))
    expected = [
        engine.compute_aa_CDR3_pgen(word, [model.v_names[a]], print_warnings=False)
        for word, a in zip(words, chains.v, strict=True)
    ]
    np.testing.assert_allclose(pgen(model, chains.junction_aa, chains.v), np.log10(expected))


def test_what_cannot_be_made_is_minus_infinity_and_what_is_unknown_is_nan():
    """No event makes it: -inf; no junction or a foreign symbol: NaN; rows keep their order."""
    found = pgen(BETA, np.array([b"CASSF", b"", b"WWWWWW", b"CAS*F", b"CASSF", b"CASXF"]))
    assert np.isfinite(found[[0, 4]]).all()
    assert found[0] == found[4]
    assert found[2] == -np.inf
    assert np.isnan(found[[1, 3, 5]]).all()
    pseudogene = np.array([BETA.v_names.index("TRBV1*01")])
    assert pgen(BETA, np.array([b"CASSF"]), pseudogene)[0] == -np.inf


def test_too_many_junctions_are_refused_with_their_cost():
    """More different junctions than n_most are refused, with the time they would take; copies are free."""
    with pytest.raises(UsageError, match="Pgen of 3 junctions takes about 0 minutes"):
        pgen(BETA, np.array([b"CASSF", b"CASSW", b"CASSV"]), n_most=2)
    assert pgen(BETA, np.array([b"CASSF"] * 5), n_most=1).size == 5


def test_shapes_must_fit():
    """V and J have one code per junction."""
    with pytest.raises(UsageError, match="v has shape"):
        pgen(BETA, np.array([b"CASSF"]), np.array([1, 2]))
    with pytest.raises(UsageError, match="codes that the model has not"):
        pgen(BETA, np.array([b"CASSF"]), j=np.array([15]))
    assert pgen(BETA, np.array([], dtype="S1")).size == 0


def test_the_listener_is_told():
    """Progress comes every hundred junctions."""
    alpha, told = recombination_model("mouse", "TRA"), []
    chains = recombine(alpha, stream_key(2, "pgen"), np.arange(130))
    pgen(alpha, chains.junction_aa, chains.v, chains.j, listener=told.append)
    assert [event.done for event in told] == [100]
