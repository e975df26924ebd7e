from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import adjusted_rand_score

from rashomon.core import UsageError
from rashomon.pl import encode
from rashomon.pl.agreement import agreement_heatmap
from rashomon.pl.style import category_colour


def labelings(rng, n=12, n_obs=60):
    """Two families of labelings, each with a little noise."""
    one, other = rng.integers(0, 4, (2, n_obs))
    found = {}
    for i in range(n):
        codes = (one if i % 2 else other).copy()
        changed = rng.random(n_obs) < 0.03 * (1 + i // 2)
        codes[changed] = rng.integers(0, 4, changed.sum())
        found[f"r{i:02d}"] = codes
    return found


def tables(labels):
    """Pairs as scikit-learn scores them, and the settings: the family, and a constant."""
    pairs = [(a, b, adjusted_rand_score(labels[a], labels[b])) for a, b in combinations(labels, 2)]
    runs = pd.DataFrame({"run": list(labels), "family": [int(run[1:]) % 2 for run in labels], "constant": 1})
    return pd.DataFrame(pairs, columns=["judged", "against", "value"]), runs.assign(
        family=["second" if one else "first" for one in runs["family"]]
    )


def drawn(panels):
    return panels[0].images[0].get_array()


def expected(pairs, names):
    """The matrix, and scipy's order of the names in it."""
    matrix = np.eye(len(names))
    at = {name: i for i, name in enumerate(names)}
    for a, b, value in pairs[["judged", "against", "value"]].itertuples(index=False):
        matrix[at[a], at[b]] = matrix[at[b], at[a]] = value
    order = leaves_list(linkage(squareform(1 - matrix, checks=False), "average", optimal_ordering=True))
    return matrix[np.ix_(order, order)], [names[i] for i in order]


def test_squares_are_scikit_learns_values_in_scipys_order(rng):
    """Every square is the adjusted Rand index of its two runs, in the order of the leaves of average linkage."""
    pairs, runs = tables(labelings(rng))
    panels = agreement_heatmap(pairs, runs)
    # runs with the same settings go together before they are clustered: that only breaks ties
    values, names = expected(pairs, sorted(runs["run"], key=lambda run: (int(run[1:]) % 2, run)))
    np.testing.assert_allclose(drawn(panels).filled(), values)
    colours = {"first": to_rgb(category_colour(0)), "second": to_rgb(category_colour(1))}
    family = runs.set_index("run")["family"]
    strips = np.asarray(panels[1].images[0].get_array())
    np.testing.assert_allclose(strips[:, 0], [colours[family[name]] for name in names])


def test_the_two_families_stand_apart(rng):
    """The strip of the choice that makes the families changes its colour once; a constant has no strip."""
    panels = agreement_heatmap(*tables(labelings(rng)))
    strips = np.asarray(panels[1].images[0].get_array())
    assert strips.shape == (12, 1, 3)
    assert (np.abs(np.diff(strips[:, 0], axis=0)).sum(axis=1) > 0).sum() == 1
    assert [text.get_text() for text in panels[1].texts] == ["family"]


def test_tree_joins_all_runs_at_their_distance(rng):
    """One fork less than runs; the highest is as high as the mean distance of the two families."""
    pairs, runs = tables(labelings(rng))
    (lines,) = agreement_heatmap(pairs, runs)[2].collections
    forks = np.stack(lines.get_segments())
    assert len(forks) == 11
    family = runs.set_index("run")["family"]
    between = pairs["judged"].map(family) != pairs["against"].map(family)
    assert forks[..., 1].max() == pytest.approx(1 - pairs["value"][between].mean())


def test_order_of_the_rows_does_not_matter(rng, tmp_path):
    """Pairs the other way round and shuffled runs, ties included, give the same picture to the last bit."""
    labels = labelings(rng, n=8)
    labels |= {f"s{i}": codes for i, codes in enumerate(labels.values())}
    pairs, runs = tables(labels | {"r98": labels["r00"], "r99": labels["r01"]})
    swapped = pairs.rename(columns={"judged": "against", "against": "judged"}).sample(frac=1, random_state=1)
    one, other = tmp_path / "one.png", tmp_path / "other.png"
    agreement_heatmap(pairs, runs, marked="r00", save=one)
    agreement_heatmap(swapped, runs.sample(frac=1, random_state=2), marked="r00", save=other)
    assert compare_images(str(one), str(other), tol=0) is None
    assert one.read_bytes() == other.read_bytes()


def test_marks_do_not_grow_with_the_runs(rng):
    """Six or twenty-four runs: an image, a collection of lines, a strip."""
    counts = []
    for n in (6, 24):
        panels = agreement_heatmap(*tables(labelings(rng, n=n)))
        counts.append([len(panel.get_children()) for panel in panels])
    assert counts[0] == counts[1]


def test_pairs_without_a_value_are_grey_and_counted(rng):
    """Not drawn as 0, and said below; the median is of the others."""
    pairs, runs = tables(labelings(rng, n=6))
    known = pairs["value"].iloc[3:]
    pairs.loc[:2, "value"] = np.nan
    panels = agreement_heatmap(pairs, runs)
    assert drawn(panels).mask.sum() == 6
    below = panels[0].figure.axes[0].get_xlabel()
    assert "3 pairs have no value (grey)" in below
    assert f"agree at {known.median():.2f}" in below


def test_both_orders_of_a_pair_are_averaged():
    """Scores that are not symmetric have two values."""
    pairs = pd.DataFrame({"judged": ["a", "b"], "against": ["b", "a"], "value": [0.2, 0.6]})
    np.testing.assert_allclose(drawn(agreement_heatmap(pairs, pd.DataFrame({"run": ["a", "b"]})))[0, 1], 0.4)


def test_values_below_chance_widen_the_scale():
    """Colours run from 0, or from the lowest value, to 1."""
    pairs = pd.DataFrame({"judged": ["a"], "against": ["b"], "value": [-0.3]})
    runs = pd.DataFrame({"run": ["a", "b"]})
    assert agreement_heatmap(pairs, runs)[0].images[0].get_clim() == (-0.3, 1.0)
    assert agreement_heatmap(pairs.assign(value=0.4), runs)[0].images[0].get_clim() == (0.0, 1.0)


def test_a_marked_run_has_an_arrow_at_its_row(rng):
    """At the height of its row, which agrees with itself."""
    pairs, runs = tables(labelings(rng))
    _, names = expected(pairs, sorted(runs["run"], key=lambda run: (int(run[1:]) % 2, run)))
    arrow = agreement_heatmap(pairs, runs, marked="r03")[1].texts[-1]
    assert arrow.get_text() == "re-run"
    assert arrow.xy[1] == names.index("r03") + 0.5


@pytest.mark.parametrize("names", [[], ["only"]])
def test_fewer_than_two_runs_are_said(names):
    """A sentence in place of a picture."""
    pairs = pd.DataFrame({"judged": [], "against": [], "value": []})
    panels = agreement_heatmap(pairs, pd.DataFrame({"run": names}))
    assert "nothing to compare" in panels[0].figure.axes[0].texts[0].get_text()
    assert encode(panels[0], kind="svg")


def test_what_does_not_fit_together_is_refused(rng):
    """Unknown runs, repeated names, several scores."""
    pairs, runs = tables(labelings(rng, n=4))
    with pytest.raises(UsageError, match="no run 'r03'") as caught:
        agreement_heatmap(pairs, runs.iloc[:3])
    assert "did you mean" in caught.value.fix
    with pytest.raises(UsageError, match="no run 'r0x'"):
        agreement_heatmap(pairs, runs, marked="r0x")
    with pytest.raises(UsageError, match="two runs are called 'r00'"):
        agreement_heatmap(pairs, runs.assign(run="r00"))
    with pytest.raises(UsageError, match="of several scores"):
        agreement_heatmap(pairs.assign(score=["ari", "ami"] * 3), runs)


def test_hostile_names_are_drawn_where_told(rng):
    """Axes of the caller; mathematics and markup stay text."""
    pairs, runs = tables(labelings(rng, n=4))
    axes = Figure().add_subplot()
    hostile = runs.rename(columns={"family": "$\\frac{1"}).replace({"first": "<b>\u202e", "second": "_x$"})
    panels = agreement_heatmap(pairs, hostile, ax=axes)
    assert axes.child_axes[:3] == panels
    assert encode(axes, kind="svg")
