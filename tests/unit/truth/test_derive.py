import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import KBinsDiscretizer

from rashomon.core import UsageError
from rashomon.dataset import Truth
from rashomon.truth import Gate, coarsen, cross, gated, most_likely, quantile_classes
from tests.sample import refused

FINE = Truth("fine", "biological", np.array([0, 1, 2, 2, -1, -2]), ("CD4 T", "CD8 T", "B"), "protein")
STIM = Truth("stim", "biological", np.array([0, 1, 0, 1, 0, 1]), ("no", "yes"), "external")
LINEAGE = {"CD4 T": "T", "CD8 T": "T", "B": "B"}


def test_a_coarsening_is_a_union_of_classes():
    """Each class goes where the mapping says; what has no class keeps none; kind and origin are inherited."""
    coarse, notes = coarsen(FINE, LINEAGE, name="lineage")
    assert coarse.codes.tolist() == [0, 0, 1, 1, -1, -2]
    assert (coarse.name, coarse.categories, coarse.parents) == ("lineage", ("T", "B"), ("fine",))
    assert (coarse.kind, coarse.derived_from, coarse.also_from) == ("biological", "protein", ())
    assert notes == ("'lineage': 3 classes of 'fine' became 2",)


def test_classes_without_entry_are_refused_by_name():
    """They are listed; kept as they are when the caller says so."""
    with refused("derive.unmapped", what="1 of 3 classes have no entry: B", where="mapping of 'fine'"):
        coarsen(FINE, {"CD4 T": "T", "CD8 T": "T"})
    coarse, notes = coarsen(FINE, {"CD4 T": "T", "CD8 T": "T"}, keep_unmapped=True)
    assert coarse.categories == ("T", "B")
    assert "kept as they are: B" in notes[0]


def test_entries_for_absent_classes_have_no_effect():
    """A mapping may know more classes than the data, such as a header."""
    assert coarsen(FINE, {**LINEAGE, "cell type": "lineage"})[0].categories == ("T", "B")


def test_a_class_may_become_no_class():
    """The reserved words mean "no class" in a mapping as in a column."""
    coarse, _ = coarsen(FINE, {**LINEAGE, "B": "unknown", "CD8 T": "CD8"})
    assert coarse.codes.tolist() == [0, 1, -1, -1, -1, -2]


@given(st.lists(st.integers(-2, 5), min_size=2, max_size=60), st.lists(st.sampled_from("xyz"), min_size=6, max_size=6))
def test_the_finer_truth_determines_its_coarsening(codes, targets):
    """Items of one fine class are never apart in the coarse one, whatever the mapping."""
    fine = Truth("f", "annotation", np.array(codes), tuple("abcdef"))
    coarse, _ = coarsen(fine, dict(zip("abcdef", targets, strict=True)))
    np.testing.assert_array_equal(coarse.codes < 0, fine.codes < 0)
    for code in set(codes) - {-1, -2}:
        assert len(set(coarse.codes[fine.codes == code])) == 1


def test_crossed_classes_are_the_pairs_that_occur():
    """As pandas groups them; an item without class in one of them has none, and small classes are counted."""
    crossed, notes = cross(FINE, STIM)
    assert crossed.categories == ("CD4 T, no", "CD8 T, yes", "B, no", "B, yes")
    assert crossed.codes.tolist() == [0, 1, 2, 3, -1, -2]
    assert notes == ("'fine x stim': 4 crossed classes, 4 of them with fewer than 10 cells (4 cells)",)


@given(st.lists(st.tuples(st.integers(-2, 3), st.integers(-2, 3)), min_size=2, max_size=60))
def test_a_crossing_groups_as_a_table_of_both_does(pairs):
    """The oracle is pandas: equal pairs, and only these, share a class."""
    a, b = (np.array(column) for column in zip(*pairs, strict=True))
    crossed, _ = cross(Truth("a", "annotation", a, tuple("wxyz")), Truth("b", "annotation", b, tuple("wxyz")))
    known = (a >= 0) & (b >= 0)
    expected = pd.DataFrame({"a": a[known], "b": b[known]}).groupby(["a", "b"]).ngroup()
    np.testing.assert_array_equal(crossed.codes[known], expected)
    assert (crossed.codes[~known] < 0).all()


@pytest.mark.parametrize(
    ("a", "b", "origins", "first"),
    [
        ("protein", "protein", ("protein",), "protein"),
        ("protein", "expression", ("protein", "expression"), "protein"),
        (None, "expression", ("expression",), None),
        (None, None, (), None),
    ],
)
def test_a_crossing_is_circular_where_a_parent_is(a, b, origins, first):
    """Every origin is inherited; an unknown one stays unknown."""
    left = Truth("l", "annotation", FINE.codes, FINE.categories, a)
    right = Truth("r", "technical", STIM.codes, STIM.categories, b)
    crossed, _ = cross(left, right)
    assert (crossed.origins, crossed.derived_from) == (origins, first)
    assert crossed.is_circular("expression") == ("expression" in origins)
    assert crossed.kind == "annotation"


def test_truths_of_other_items_cannot_be_crossed():
    """Both numbers are named."""
    with pytest.raises(UsageError, match="truths 'fine' and 's' have 6 and 2 items"):
        cross(FINE, Truth("s", "annotation", np.array([0, 1]), ("a", "b")))


def test_quantile_classes_are_those_of_scikit_learn(rng):
    """Without ties, the oracle is KBinsDiscretizer with quantiles."""
    values = rng.normal(size=203)
    binned = KBinsDiscretizer(5, encode="ordinal", strategy="quantile", quantile_method="linear")
    found, _ = quantile_classes(pd.Series(values, name="time"), n_classes=5)
    np.testing.assert_array_equal(found.codes, binned.fit_transform(values[:, None])[:, 0])


@given(st.lists(st.sampled_from([0.0, 1.0, 2.5, 7.0, np.nan]), min_size=3, max_size=50), st.integers(2, 6))
def test_equal_values_share_a_class_and_order_is_kept(values, n_classes):
    """Ties never divide, classes ascend, and NaN is missing."""
    array = np.array(values)
    found, _ = quantile_classes(pd.Series(array, name="x"), n_classes=n_classes)
    np.testing.assert_array_equal(found.codes == -2, np.isnan(array))
    known = ~np.isnan(array)
    order = np.argsort(array[known], kind="stable")
    assert (np.diff(found.codes[known][order]) >= 0).all()
    for value in set(array[known]):
        assert len(set(found.codes[array == value])) == 1
    assert len(found.categories) <= n_classes


def test_ties_that_leave_fewer_classes_are_said():
    """And the classes are named by their range."""
    found, notes = quantile_classes(pd.Series([0.0] * 9 + [1.0], name="x"), n_classes=4)
    assert "ties left" in notes[0]
    assert found.categories == ("q1 (0 to 0)", "q2 (1 to 1)")
    large, _ = quantile_classes(pd.Series([1.0, 15818.0], name="n"), n_classes=2)
    assert large.categories[1] == "q2 (15818 to 15818)"


def test_what_has_no_order_has_no_quantiles():
    """Text and infinity are refused, one class is no division; numbers are accepted."""
    with refused("derive.number", what="the values are of type object", where="quantiles of 'x'"):
        quantile_classes(pd.Series(["a", "b"], name="x"), n_classes=2)
    with refused("derive.number", what="1 values are infinite", where="quantiles of 'x'"):
        quantile_classes(pd.Series([1.0, np.inf], name="x"), n_classes=2)
    with pytest.raises(UsageError, match="1 classes are no division"):
        quantile_classes(pd.Series([1.0, 2.0], name="x"), n_classes=1)
    assert quantile_classes(pd.Series([1, 2], name="x"), n_classes=2)[0].codes.tolist() == [0, 1]


def test_gates_take_items_once():
    """In one gate: its class. In none or several: no class. Not measured: missing. All of it is counted."""
    markers = {"CD3": np.array([3.0, 0.1, 3.0, 0.1, np.nan]), "CD19": np.array([0.0, 2.0, 2.0, 0.0, 2.0])}
    gates = [Gate.parse("CD3>=2 as T"), Gate.parse("CD19>=1 as B")]
    found, notes = gated(markers, gates, name="gate")
    assert found.codes.tolist() == [0, 1, -1, -1, -2]
    assert notes == ("'gate': 2 of 5 cells (40.0 %) are in one gate; 1 in none, 1 in several, 1 not measured",)


@pytest.mark.parametrize("texts", [[], ["CD3>=2 as T", "CD3<1 as T"]])
def test_gates_without_distinct_names_are_refused(texts):
    """None, or two of one name."""
    with pytest.raises(UsageError, match="gates") as caught:
        gated({"CD3": np.zeros(3)}, [Gate.parse(text) for text in texts], name="gate")
    assert caught.value.code == "truth.recipe"


def test_soft_labels_become_their_most_probable_class():
    """Where it is probable enough and alone at the top; rows without numbers are missing; coverage is said."""
    soft = pd.DataFrame({"T": [0.9, 0.6, 0.5, np.nan], "B": [0.1, 0.4, 0.5, np.nan]})
    found, notes = most_likely(soft, min_probability=0.8, name="soft")
    assert (found.codes.tolist(), found.categories) == ([0, -1, -1, -2], ("T", "B"))
    assert "1 of 4 cells (25.0 %)" in notes[0]
    assert most_likely(soft, min_probability=0.5, name="soft")[0].codes.tolist() == [0, 0, -1, -2]


@given(st.integers(0, 10_000), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_bar_only_takes_classes_away(seed, low, high):
    """Raising the minimal probability never changes a class that remains."""
    values = np.random.default_rng(seed).dirichlet(np.ones(3), size=20)
    low, high = sorted([low, high])
    loose, strict = (most_likely(pd.DataFrame(values), min_probability=p, name="s")[0].codes for p in (low, high))
    kept = strict >= 0
    np.testing.assert_array_equal(strict[kept], loose[kept])
    np.testing.assert_array_equal(strict[kept], values.argmax(axis=1)[kept])


@pytest.mark.parametrize("row", [[0.5, 0.6], [1.5, -0.5], [np.nan, 1.0]])
def test_scores_are_no_probabilities(row):
    """The first row that is none is named."""
    with refused("derive.probability", what="row 1 sums to", where="soft labels of 's'"):
        most_likely(pd.DataFrame([[0.5, 0.5], row]), name="s")
    with pytest.raises(UsageError, match="min_probability is 2"):
        most_likely(pd.DataFrame([[0.5, 0.5]]), min_probability=2, name="s")


def test_deriving_twice_gives_the_same_truth(rng):
    """Nothing is random."""
    values = pd.Series(rng.normal(size=50), name="x")
    assert quantile_classes(values, n_classes=3)[0].digest == quantile_classes(values, n_classes=3)[0].digest
    assert cross(FINE, STIM)[0].digest == cross(FINE, STIM)[0].digest
