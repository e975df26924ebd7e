import itertools

import pytest

from rashomon.core import UsageError
from rashomon.sim.motif.preset import PRESETS
from rashomon.sim.motif.random import seed_distance
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model


@pytest.mark.parametrize("name", list(PRESETS))
def test_every_preset_makes_a_coherent_epitope(name):
    """Each kind makes epitopes of its arm, with motifs apart, and genes that are generated; each cites a source."""
    preset = PRESETS[name]
    epitope = preset.epitope(stream_key(1, name), name="E1", hla="B*07:02", false_negative=0.1)
    motifs = (*epitope.alpha, *epitope.beta)
    assert (epitope.arm, epitope.hla, epitope.false_negative) == (preset.arm, "B*07:02", 0.1)
    assert len(motifs) == preset.n_motifs * (2 if preset.arm in {"both", "pair"} else 1)
    assert all(seed_distance(a, b) >= 3 for a, b in itertools.combinations(motifs, 2))
    for bias, locus, segment in (
        (epitope.v_alpha, "TRA", "v"), (epitope.j_alpha, "TRA", "j"),
        (epitope.v_beta, "TRB", "v"), (epitope.j_beta, "TRB", "j"),
    ):  # fmt: skip
        assert {*bias.genes} <= {*getattr(recombination_model("human", locus), f"{segment}_genes")}
    for arm in ("alpha", "beta"):
        # chains without a motif prefer no genes, and both segments or none are preferred
        liked = [bool(getattr(epitope, f"{segment}_{arm}").genes) for segment in ("v", "j")]
        assert liked[0] == liked[1]
        assert getattr(epitope, arm) or not any(liked)
    assert "(20" in preset.citation
    assert preset.summary.endswith(".")


def test_the_kinds_are_those_of_the_field():
    """Focused, public, alpha-driven, paired and diffuse responses; an unknown one is named with the nearest."""
    assert list(PRESETS) == ["focused", "public motif", "alpha-driven", "pair only", "diffuse"]
    assert PRESETS["diffuse"].orphan_share > PRESETS["focused"].orphan_share
    with pytest.raises(UsageError, match="did you mean 'diffuse'"):
        PRESETS["difuse"]
