"""Effects of a design against linear models made by hand."""

import numpy as np

from rashomon.multiverse import Choice, Multiverse, Option
from rashomon.multiverse.design import aliases, effects, estimable_pairs, level_codes, n_effects

A = Choice("a", (Option("a0", ""), Option("a1", "")))
B = Choice("b", (Option("b0", ""), Option("b1", ""), Option("b2", "")))
C = Choice("c", (Option("c0", ""), Option("c1", "")), within={"a": ("a0",)})


def codes(*choices):
    """Every pipeline of some choices."""
    return level_codes(Multiverse(choices).settings(), choices)


def test_codes_are_places_of_levels():
    """-1 where a choice does not apply."""
    assert codes(A, C).tolist() == [[0, 0], [0, 1], [1, -1]]
    assert level_codes([], [A]).shape == (0, 1)


def test_effects_sum_to_zero_over_a_whole_design():
    """Effect coding: columns of a full factorial are orthogonal to the mean and to those of other choices."""
    columns, owner = effects(codes(A, B), (A, B))
    assert owner.tolist() == [0, 1, 1]
    assert columns.sum(axis=0).tolist() == [0, 0, 0]
    assert np.array_equal(columns.T @ columns, [[6, 0, 0], [0, 4, 2], [0, 2, 4]])


def test_the_number_of_effects_is_the_rank():
    """One for the mean, levels less one per choice; a nested choice counts within its levels; fewer rows, fewer."""
    assert n_effects(effects(codes(A, B), (A, B))[0]) == 1 + 1 + 2
    assert n_effects(effects(codes(A, B, C), (A, B, C))[0]) == 1 + 1 + 2 + 1
    assert n_effects(effects(codes(A, B)[:2], (A, B))[0]) == 2


def test_a_half_fraction_is_aliased_as_the_textbook_says():
    """Of 2^3, the half with abc = 1 mixes each main effect with the interaction of the two others; the whole none."""
    x, y, z = (Choice(name, (Option(0, ""), Option(1, ""))) for name in "xyz")
    whole = codes(x, y, z)
    half = whole[whole.sum(axis=1) % 2 == 1]
    assert aliases(whole, (x, y, z)) == []
    assert estimable_pairs(whole, (x, y, z)) == (3, 3)
    found = aliases(half, (x, y, z))
    assert {(main, {one, other}.pop() and frozenset((one, other))) for main, one, other, _ in found} == {
        ("x", frozenset("yz")),
        ("y", frozenset("xz")),
        ("z", frozenset("xy")),
    }
    assert all(abs(r - 1.0) < 1e-12 for *_, r in found)
    assert estimable_pairs(half, (x, y, z)) == (0, 3)


def test_choices_never_made_together_have_no_interaction():
    """A pair that no pipeline holds is neither estimable nor counted."""
    d = Choice("d", (Option("d0", ""), Option("d1", "")), within={"a": ("a1",)})
    assert estimable_pairs(codes(A, C, d), (A, C, d))[1] == 0
