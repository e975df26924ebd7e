import math

import numpy as np
import pandas as pd
import pytest

from rashomon.ask.power.draw import SIMULATED_COLUMNS, with_draws
from rashomon.ask.power.outcome import point_table

CELLS, DEPTHS = (250, 500, 1000, 2000), (500.0, 1000.0, 2000.0)
NAMES = ("a", "b")


def drawn(hits, *, deep=(0, 20), ceiling=1.0):
    """Draws of cluster 0 with so many of 20 recovered at each number of cells, and at half and double the depth."""
    settings = [*zip(CELLS, [1000.0] * 4, hits, strict=True), *zip([1000] * 2, DEPTHS[::2], deep, strict=True)]
    rows = [
        {"cluster": 0, "n_obs": n, "depth": depth, "replicate": r, "prevalence": 0.1, "n_clusters": 3, "f1": 0.9,
         "recovered": r < k, "status": "ok", "reason": "", "strength": 1.0, "detected": 1.0, "ceiling_f1": ceiling,
         "ceiling_recovered": ceiling, "ceiling_kind": "oracle"}
        for n, depth, k in settings for r in range(20)
    ]  # fmt: skip
    draws = pd.DataFrame(rows)
    return draws, point_table(draws, NAMES)


def clusters(n=(900, 100)):
    """What closed forms said."""
    return pd.DataFrame({"cluster": [0, 1], "name": NAMES, "n": n, "says": ["closed form"] * 2, "reason": ["", ""]})


def judged(hits, *, n=(900, 100), **more):
    """The table with the draws."""
    draws, points = drawn(hits, **more)
    return with_draws(clusters(n), points, draws, depth=1000.0, entropy=1, why_not="too few")


def test_a_cluster_that_comes_back_has_enough():
    """Found in all draws of as many cells as there are, and of half."""
    row = judged((0, 20, 20, 20)).iloc[0]
    assert row["says"] == "enough"
    assert row["rate"] == 1.0
    assert row["n_drawn"] == 1000
    assert row["cells_low"] <= row["cells_needed"] <= row["cells_high"] <= 1000


def test_a_cluster_that_needs_more_says_how_many():
    """Found at twice the cells: the factor, with an interval around it, and the depth that would do as well."""
    row = judged((0, 0, 6, 20)).iloc[0]
    assert 1000 < row["cells_needed"] < 2000
    assert row["cells_low"] <= row["cells_needed"] <= row["cells_high"]
    assert row["says"].startswith(f"needs about {row['cells_needed'] / 1000:.1f} times the cells (95 % interval")
    assert "times the depth" in row["says"]


def test_beyond_the_grid_it_is_more_than():
    """At twice the cells still short of 80 %, but rising."""
    row = judged((0, 1, 4, 11), deep=(0, 9)).iloc[0]
    assert row["cells_needed"] == math.inf
    assert row["says"].startswith("needs more than 2.0 times the cells")


def test_what_cells_do_not_change_is_not_by_cells_alone():
    """Never found whatever the cells, but with depth."""
    row = judged((0, 0, 0, 0), deep=(0, 20)).iloc[0]
    assert row["says"].startswith("not by cells alone")


def test_draws_that_end_below_the_data_say_nothing_unless_they_suffice():
    """Of 10,000 cells 2,000 were drawn: what closed forms said stays, unless 2,000 are enough."""
    assert judged((0, 0, 0, 4), n=(9000, 1000)).iloc[0]["says"] == "closed form"
    assert judged((0, 10, 20, 20), n=(9000, 1000)).iloc[0]["says"] == "enough"


def test_clusters_without_draws_keep_their_row():
    """NaN, with the reason."""
    row = judged((0, 20, 20, 20)).iloc[1]
    assert row["says"] == "closed form"
    assert row["reason"] == "too few"
    assert np.isnan(row[list(SIMULATED_COLUMNS)].astype(float)).all()


def test_the_interval_is_the_same_for_the_same_root():
    """Bootstraps are seeded."""
    a, b = judged((0, 5, 12, 20)), judged((0, 5, 12, 20))
    pd.testing.assert_frame_equal(a, b)
    assert a["cells_low"][0] == pytest.approx(b["cells_low"][0])


def test_where_no_method_could_it_is_said():
    """The oracle finds it in none of the draws: more cells are asked for with that word; where it does, without."""
    hopeless, able = (judged((0, 0, 6, 20), ceiling=ceiling).iloc[0]["says"] for ceiling in (0.0, 1.0))
    assert hopeless.endswith("; here even known profiles find it in 0% of draws")
    assert hopeless.startswith(able)
    row = judged((0, 0, 6, 20)).iloc[0]
    assert (row["detected"], row["ceiling"]) == (1.0, 1.0)
    assert row["depth_needed"] > 1000
    assert np.isnan(row["strength_needed"])
