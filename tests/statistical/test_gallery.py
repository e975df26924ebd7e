"""Every score is fooled: in the world of its record it prefers the wrong labeling in nine draws of ten or more."""

import os

import pytest

from rashomon.sim.gallery import FOOL_RATE, GALLERY, gallery_table

N_DRAWS = 20
BLOCK = int(os.environ.get("RASHOMON_SEED_BLOCK", "0"))


@pytest.mark.statistical
@pytest.mark.parametrize("name", GALLERY)
def test_the_gallery_fools_its_scores(name, record):
    """Twenty consecutive seeds, not chosen ones."""
    table = gallery_table(GALLERY[name], n_draws=N_DRAWS, first_seed=BLOCK * N_DRAWS)
    rate = float(table["fooled"].mean())
    record(
        f"gallery_{name}",
        claim=f"{name} prefers {GALLERY[name].wrong!r} over {GALLERY[name].better!r}",
        seed=BLOCK * N_DRAWS,
        figures={
            "n_draws": N_DRAWS,
            "fooled": rate,
            "mean_preferred": float(table["value_preferred"].mean()),
            "mean_better": float(table["value_better"].mean()),
        },
    )
    assert rate >= FOOL_RATE
