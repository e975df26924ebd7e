"""Settings are read as people write them."""

import pytest

from rashomon.core import UsageError
from rashomon.multiverse.parse import parse_levels, parse_pairs, parse_pipeline, parse_within


def test_spaces_go_and_numbers_become_numbers():
    """Levels are numbers where they read as such; values of columns stay text."""
    assert parse_pipeline([" n_pcs = 30", "scale=clip 10"]) == {"n_pcs": 30, "scale": "clip 10"}
    assert parse_pipeline([]) is None
    assert parse_levels(["resolution=0.5, 1", "n_genes=2000,all"]) == {"resolution": (0.5, 1), "n_genes": (2000, "all")}
    assert parse_within(["cluster=03", "type=CD4 = T", "cluster=4"]) == {"cluster": ["03", "4"], "type": ["CD4 = T"]}


@pytest.mark.parametrize("text", ["n_pcs", "=30", "n_pcs=", " = "])
def test_both_sides_are_needed(text):
    """The form that is expected is named."""
    with pytest.raises(UsageError, match="is not CHOICE=LEVEL") as caught:
        parse_pairs([text], option="--pipeline", expected="CHOICE=LEVEL")
    assert caught.value.where == "--pipeline"
