"""Steps of the user are branches: a place on the matrix, a place on the view."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.encode import user_transform
from rashomon.multiverse import Wishes, expression_multiverse
from rashomon.multiverse.path import view_path
from tests.planted import N_OBS, dataset


def rooted(x):
    """The square root of the matrix."""
    return x.sqrt()


def first_ten(view):
    """The first ten components."""
    return view[:, :10]


STEPS = [user_transform(rooted, on="x"), user_transform(first_ten)]


def names(pipeline, multiverse):
    """The steps up to the view."""
    return [call.step.name for call in view_path(pipeline, multiverse)]


def test_each_step_is_an_exploratory_branch():
    """The default has none; no pipeline has two; both stand in the tree."""
    multiverse = expression_multiverse(dataset(), wishes=Wishes(steps=STEPS))
    assert multiverse.default["matrix_step"] == multiverse.default["view_step"] == "none"
    assert {multiverse.branch(pipeline) for pipeline in multiverse.settings()} == {
        "",
        "matrix_step=rooted",
        "view_step=first_ten",
    }
    said = "\n".join(multiverse.lines())
    assert "matrix_step: none*, rooted [exploratory]" in said
    assert "view_step: none*, first_ten [exploratory]" in said


def test_a_step_acts_in_its_place():
    """On the matrix before it is scaled, on the view after all else."""
    multiverse = expression_multiverse(dataset(), wishes=Wishes(steps=STEPS))
    plain = names(multiverse.default, multiverse)
    assert "rooted" not in plain
    before = plain.index("scale")
    on_matrix = names(multiverse.complete({"matrix_step": "rooted"}), multiverse)
    assert on_matrix == [*plain[:before], "rooted", *plain[before:]]
    assert names(multiverse.complete({"view_step": "first_ten"}), multiverse) == [*plain, "first_ten"]


def test_from_an_embedding_the_view_may_be_transformed():
    """A step on the matrix has no place there."""
    data = dataset(views={"X_emb": np.zeros((N_OBS, 20), dtype=np.float32)})
    multiverse = expression_multiverse(data, use_rep="X_emb", wishes=Wishes(steps=STEPS[1:]))
    assert names(multiverse.complete({"view_step": "first_ten"}), multiverse) == ["first_ten"]
    assert names(multiverse.default, multiverse) == []
    with pytest.raises(UsageError, match="'rooted' has no place"):
        expression_multiverse(data, use_rep="X_emb", wishes=Wishes(steps=STEPS))


def test_two_steps_of_one_name_are_refused():
    """They could not be told apart."""
    with pytest.raises(UsageError, match="two steps are called 'first_ten'"):
        expression_multiverse(dataset(), wishes=Wishes(steps=[*STEPS, STEPS[1]]))
