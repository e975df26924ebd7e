"""Effects from paired draws: sharper than from independent draws, and as uncertain as their intervals say."""

import numpy as np
import pandas as pd
import pytest

from rashomon.sim import World
from rashomon.sim.effect import effect

N_STUDIES, N_PAIRS, N_OBS = 30, 8, 150
KNOBS = {"n_groups": 3, "n_genes": 100, "n_markers": 10, "effect_size": 1.5, "effect_spread": 1.0, "depth": 400.0}


@pytest.mark.statistical
def test_paired_intervals_are_narrow_and_cover(record):
    """Thirty studies of eight pairs each, on what ambient molecules cost in ARI with the type.

    Studies scatter by at most three quarters of what eight independent draws on either side would give. The 95 %
    interval of at least 25 studies holds the mean over all 240 pairs (an exact interval fails this with P = 0.003).
    """
    world = World("soup", {**KNOBS, "ambient": 0.3})
    studies = pd.concat(
        effect(world, do={"ambient": 0}, truth="type", n_pairs=N_PAIRS, n_obs=N_OBS, rng=seed)
        for seed in range(N_STUDIES)
    )
    paired = float(studies["effect"].std(ddof=1))
    unpaired = float(np.sqrt(studies["with_nuisance"].var(ddof=1) + studies["without"].var(ddof=1)))
    mean = float(studies["effect"].mean())
    covered = int(((studies["low"] <= mean) & (mean <= studies["high"])).sum())
    record(
        "effect_of_ambient",
        claim="paired draws narrow the effect of a nuisance, and its 95 % interval covers the mean effect",
        seed=0,
        figures={
            "n_studies": N_STUDIES,
            "n_pairs": N_PAIRS,
            "mean_effect": mean,
            "sd_of_studies": paired,
            "sd_if_unpaired": unpaired,
            "studies_that_cover": covered,
            "mean_half_width": float((studies["high"] - studies["low"]).mean() / 2),
        },
    )
    assert mean < 0
    assert paired <= 0.75 * unpaired
    assert covered >= 25
