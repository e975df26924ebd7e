import math
from dataclasses import FrozenInstanceError, replace

import pandas as pd
import pytest

from rashomon.dataset import SIMULATED, Ceiling, Dataset, WorldFacts


def test_the_mark_cannot_be_changed():
    """It is no field: facts of a world say that the data are simulated, or do not exist."""
    facts = WorldFacts("two types", digest="0" * 64)
    assert facts.mark == SIMULATED == "simulated, not measured"
    with pytest.raises(FrozenInstanceError, match="cannot assign"):
        facts.mark = "measured"
    with pytest.raises(TypeError, match="mark"):
        WorldFacts("two types", mark="measured")


def test_the_sentence_names_the_world_and_the_beginning_of_its_digest():
    """And says so where the digest is unknown; what is put on record is whole."""
    facts = WorldFacts("two types", digest="0123456789abcdef" * 4)
    assert facts.sentence == "simulated, not measured: world two types (digest 0123456789ab)"
    assert facts.stamp == {"name": "two types", "digest": "0123456789abcdef" * 4}
    assert WorldFacts("x").sentence.endswith("(digest unknown)")


@pytest.mark.parametrize(
    ("ceiling", "score", "expected"),
    [
        (Ceiling("t", "ari", 0.8, 0.01, 0.0), 0.6, 0.75),
        (Ceiling("t", "ari", 0.8, 0.01, 0.2), 0.2, 0.0),
        (Ceiling("t", "ari", 0.8, 0.01, 0.0), 0.88, 1.1),
        (Ceiling("t", "ari", 0.8, math.nan, 0.0), 0.4, 0.5),
        (Ceiling("t", "ari", 0.03, 0.01, 0.0), 0.03, math.nan),
        (Ceiling("t", "ari", 0.031, 0.01, 0.0), 0.031, 1.0),
        (Ceiling("t", "ari", math.nan, 0.01, 0.0), 0.5, math.nan),
        (Ceiling("t", "ari", 0.8, 0.0, 0.8), 0.8, math.nan),
    ],
)
def test_a_share_is_given_only_where_there_is_something_to_reach(ceiling, score, expected):
    """Chance is 0, the ceiling 1, one data set may exceed it; unless three standard errors above chance, NaN."""
    assert ceiling.normalised(score) == pytest.approx(expected, nan_ok=True)


def test_the_world_is_no_part_of_the_digest():
    """The same cells are the same data, whoever says where they are from."""
    data = Dataset(pd.DataFrame(index=["a", "b"]))
    assert data.world is None
    assert replace(data, world=WorldFacts("w")).digest == data.digest
