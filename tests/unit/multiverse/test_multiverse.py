"""The multiverse lists every combination that makes sense, once."""

from itertools import pairwise

import pytest

from rashomon.core import UsageError
from rashomon.multiverse import Multiverse, NotRun
from tests.planted import toy_multiverse

TOY = toy_multiverse()


def test_every_combination_once():
    """Scale doubles one normalisation; the graph has two resolutions, means have none; all have two seeds."""
    pipelines = [tuple(pipeline.items()) for pipeline in TOY]
    assert len(TOY) == len(pipelines) == len(set(pipelines)) == (2 + 1) * (2 + 1) * 2


def test_choices_are_made_where_they_apply():
    """A pipeline holds the choices that apply, in order, and no other."""
    for pipeline in TOY:
        assert ("scale" in pipeline) == (pipeline["norm"] == "log")
        assert ("resolution" in pipeline) == ("n_neighbours" in pipeline) == (pipeline["clusterer"] == "leiden")
        assert list(pipeline) == [choice.name for choice in TOY.choices if choice.name in pipeline]


def test_pipelines_that_share_a_prefix_are_neighbours():
    """Depth first: the pipelines of one beginning follow each other."""
    beginnings = [tuple(pipeline.items())[:2] for pipeline in TOY]
    changes = sum(a != b for a, b in pairwise(beginnings))
    assert changes == len(set(beginnings)) - 1


def test_complete_fills_in_defaults():
    """What is not given is the default; what does not apply is left out."""
    assert TOY.default == {
        "norm": "log", "scale": "clip", "clusterer": "leiden", "n_neighbours": 15, "resolution": 1.0, "seed": 0,
    }  # fmt: skip
    assert TOY.complete({"norm": "residuals", "clusterer": "kmeans", "seed": 1}) == {
        "norm": "residuals", "clusterer": "kmeans", "seed": 1,
    }  # fmt: skip
    assert TOY.default in list(TOY)


def test_complete_returns_its_own_levels():
    """A level read back from a table as 15.0 is the 15 that makes the keys."""
    level = TOY.complete({"n_neighbours": 15.0})["n_neighbours"]
    assert (level, type(level)) == (15, int)


def test_unknown_choices_and_levels_are_refused():
    """The nearest choice, and the levels there are, are named."""
    with pytest.raises(UsageError, match="did you mean 'scale'"):
        TOY.complete({"scal": "clip"})
    with pytest.raises(UsageError, match="scale = 'max' is not in the multiverse") as caught:
        TOY.complete({"scale": "max"})
    assert caught.value.expected == "one of clip, none"


def test_names_leave_out_granularity_and_seed():
    """Two resolutions of one pipeline share a name; another setting has another."""
    names = [TOY.name(pipeline) for pipeline in TOY]
    assert len(set(names)) == 3 * 2
    assert names[0] == "norm=log | scale=clip | clusterer=leiden | n_neighbours=15"


def test_a_branch_is_what_is_not_equivalent():
    """Exploratory levels make a branch; pipelines of equivalent levels have none."""
    branches = {pipeline["clusterer"]: TOY.branch(pipeline) for pipeline in TOY}
    assert branches == {"leiden": "", "kmeans": "clusterer=kmeans"}


def test_siblings_differ_in_what_is_varied():
    """The resolutions of one pipeline; nothing varied is the pipeline itself; nothing is added or lost."""
    default = TOY.default
    assert [other["resolution"] for other in TOY.siblings(default, vary=["resolution"])] == [1.0, 0.5]
    assert list(TOY.siblings(default, vary=[])) == [default]
    assert len(list(TOY.siblings(default, vary=["resolution", "seed"]))) == 4
    means = TOY.complete({"clusterer": "kmeans"})
    assert list(TOY.siblings(means, vary=["resolution"])) == [means]
    # residuals cannot be scaled, so they make other choices, not other levels of the same ones
    assert [other["scale"] for other in TOY.siblings(default, vary=["norm", "scale"])] == ["clip", "none"]


def test_lines_say_what_runs_and_what_does_not():
    """Each choice with its levels and condition, each alternative that cannot run with the reason, and the number."""
    lines = Multiverse(TOY.choices, (NotRun("norm", "vst", "it needs counts"),)).lines()
    assert "not run: norm = vst, because it needs counts" in lines
    assert lines[-1] == "6 pipelines, 18 runs"


def test_only_drawn_pipelines_are_run():
    """Each at every resolution and seed, in the order given; all others are gone, and the default stays the default."""
    drawn = (TOY.setting(TOY.default), {"norm": "residuals", "clusterer": "kmeans"})
    part = Multiverse(TOY.choices, drawn=drawn, n_whole=6)
    assert [part.setting(pipeline) for pipeline in part] == [drawn[0]] * 4 + [drawn[1]] * 2
    assert part.settings() == drawn
    assert part.is_fraction
    assert not TOY.is_fraction
    assert part.default == TOY.default
    assert len(list(part.siblings(part.default, vary=["resolution"]))) == 2


def test_settings_are_pipelines_without_granularity_and_seed():
    """Six of them, each once."""
    assert len(TOY.settings()) == 6
    assert TOY.setting(TOY.default) == {"norm": "log", "scale": "clip", "clusterer": "leiden", "n_neighbours": 15}
