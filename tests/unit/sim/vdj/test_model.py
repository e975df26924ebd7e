import numpy as np
import pytest
from olga.utils import calc_steady_state_dist

from rashomon.core import UsageError
from rashomon.sim.vdj import MODELS, recombination_model
from tests import olga_model


def normalised(table, axis):
    """What olga divides by before it draws."""
    total = table.sum(axis=axis, keepdims=True)
    return np.divide(table, total, out=np.zeros_like(table), where=total > 0)


@pytest.mark.parametrize(("species", "locus"), MODELS)
def test_probabilities_equal_those_of_olga(species, locus):
    """Every table is olga's, scaled to sum 1 as its generator does; the first nucleotide has the stationary law."""
    model, (theirs, _) = recombination_model(species, locus), olga_model.load(species, locus)
    pairs = [(model.v_deletion_p, normalised(theirs.PdelV_given_V, 0).T)]
    pairs.append((model.j_deletion_p, normalised(theirs.PdelJ_given_J, 0).T))
    if model.has_d:
        pairs += [(model.genes_p, theirs.PV / theirs.PV.sum()), (model.dj_p, theirs.PDJ / theirs.PDJ.sum())]
        deletions = normalised(theirs.PdelDldelDr_given_D, (0, 1))
        pairs.append((model.d_deletion_p, np.moveaxis(deletions, 2, 0)))
        pairs += [(model.insertion_1_p, theirs.PinsVD / theirs.PinsVD.sum()), (model.step_1_p, theirs.Rvd.T)]
        pairs += [(model.insertion_2_p, theirs.PinsDJ / theirs.PinsDJ.sum()), (model.step_2_p, theirs.Rdj.T)]
        pairs.append((model.start_1_p, calc_steady_state_dist(theirs.Rvd)))
        pairs.append((model.start_2_p, calc_steady_state_dist(theirs.Rdj)))
    else:
        pairs += [(model.genes_p, theirs.PVJ / theirs.PVJ.sum()), (model.step_1_p, theirs.Rvj.T)]
        pairs.append((model.insertion_1_p, theirs.PinsVJ / theirs.PinsVJ.sum()))
        pairs.append((model.start_1_p, calc_steady_state_dist(theirs.Rvj)))
    for ours, expected in pairs:
        np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-14)


def _complement(sequence):
    """The other strand, backwards."""
    return sequence.translate(bytes.maketrans(b"ACGT", b"TGCA"))[::-1]


def test_functional_alleles_have_a_sequence():
    """Functional V alleles have a germline up to their 3' end, which starts with the front; others have none."""
    model = recombination_model("human", "TRB")
    assert set(model.v_sequences) == {name for name, end in zip(model.v_names, model.v_germline, strict=True) if end}
    for name, sequence in model.v_sequences.items():
        code = model.v_names.index(name)
        assert sequence.startswith(model.v_front[code])
        assert (
            model.v_germline[code] == sequence[len(model.v_front[code]) :] + _complement(sequence)[: model.v_palindrome]
        )


def test_alleles_have_genes():
    """The gene of an allele is its name before the star; codes of genes count sorted names."""
    model = recombination_model("human", "TRB")
    allele = model.v_names.index("TRBV5-1*01")
    assert model.v_genes[model.v_gene_codes[allele]] == "TRBV5-1"
    assert list(model.j_genes) == sorted(model.j_genes)
    assert {name.partition("*")[0] for name in model.j_names} == set(model.j_genes)


def test_a_model_is_read_once_and_cannot_be_changed():
    """Everybody shares one model, whose arrays are read-only."""
    model = recombination_model("mouse", "TRB")
    assert recombination_model("mouse", "TRB") is model
    with pytest.raises(ValueError, match="read-only"):
        model.genes_p[0] = 1


def test_unknown_models_are_refused_by_the_nearest_name():
    """A species or locus without a model is an error that names the nearest one."""
    with pytest.raises(UsageError, match="did you mean 'human TRB'"):
        recombination_model("human", "TRBB")


def test_no_junction_is_longer_than_the_longest():
    """The longest junction has the longest germlines and insertions of the model."""
    model, (_, genomic) = recombination_model("human", "TRB"), olga_model.load("human", "TRB")
    longest = sum(max(map(len, getattr(genomic, f"cut{segment}_genomic_CDR3_segs"))) for segment in "VDJ")
    assert model.max_length == longest + 30 + 30
