import numpy as np
import pytest

from rashomon.sim.motif.germline import ends_of, germline_ends
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine


def test_only_whole_codons_count():
    """Nucleotides that are left are counted in threes; palindromic ones are not germline; the anchor always counts."""
    v_keep, j_keep = germline_ends(
        np.array([12, 12, 12, 12]), np.array([0, 1, -2, 11]), np.array([9, 9, 9, 9]), np.array([3, 4, -3, 9])
    )
    assert v_keep.tolist() == [4, 3, 4, 1]
    assert j_keep.tolist() == [2, 1, 3, 1]


@pytest.mark.parametrize("locus", ["TRA", "TRB"])
def test_ends_of_chains_are_spelled_by_their_germlines(locus):
    """The nucleotides of the residues that are kept are those of the germline, at both ends."""
    model = recombination_model("human", locus)
    chains = recombine(model, stream_key(1, "ends"), np.arange(500))
    v_keep, j_keep = ends_of(chains)
    assert (v_keep + j_keep <= np.strings.str_len(chains.junction_aa)).all()
    for i in np.flatnonzero((v_keep > 1) & (j_keep > 1)):
        v, j = bytes(model.v_germline[chains.v[i]]), bytes(model.j_germline[chains.j[i]])
        assert chains.junction[i].startswith(v[: 3 * v_keep[i]])
        assert chains.junction[i].endswith(j[-3 * j_keep[i] :])


def test_ends_can_be_capped():
    """At most so many residues count at each end."""
    chains = recombine(recombination_model("human", "TRA"), stream_key(1, "ends"), np.arange(50))
    full, capped = ends_of(chains), ends_of(chains, v_most=2, j_most=4)
    assert (capped[0] == np.minimum(full[0], 2)).all()
    assert (capped[1] == np.minimum(full[1], 4)).all()
    assert full[1].max() > 4
