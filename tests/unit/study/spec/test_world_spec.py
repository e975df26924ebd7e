import pytest
from pydantic import ValidationError

from rashomon.score import SCORES
from rashomon.sim import WORLDS
from rashomon.sim.judge_receptor_score import JUDGED_RECEPTOR_SCORES
from rashomon.study.spec import BenchmarkSpec, SweepSpec, parse_spec
from rashomon.study.spec.fault import FAULTS


def sweep(**more):
    return SweepSpec.model_validate({"world": "ideal", "levels": {"effect_size": [1, 2, 3]}, **more})


def faults(**more):
    """What is wrong with a sweep: path and what was found."""
    with pytest.raises(ValidationError) as caught:
        sweep(**more)
    return [(fault.path, fault.found) for each in caught.value.errors() for fault in each["ctx"][FAULTS]]


def test_the_number_of_settings_follows_the_sweep():
    """One at a time adds, a factorial multiplies, a hypercube visits what it is told."""
    levels = {"effect_size": [1, 2, 3], "depth": [500, 1000]}
    assert sweep(levels=levels).n_settings == 1 + 3 + 2
    assert sweep(levels=levels, sweep="factorial").n_settings == 6
    assert sweep(levels=levels, sweep="latin hypercube", n_points=17).n_settings == 17


def test_every_benchmark_scores_what_is_registered():
    """Scores of cells and of receptors; controls are on."""
    spec = BenchmarkSpec.model_validate({"rashomon": 1, "data": {"worlds": sweep().model_dump()}})
    assert set(spec.scores) == {*SCORES, *JUDGED_RECEPTOR_SCORES}
    assert spec.controls is True


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"levels": {"effect_sise": [1]}}, (("effect_sise",), "the unknown knob 'effect_sise'")),
        ({"levels": {"effect_size": []}}, (("effect_size",), "a list")),
        ({"levels": {"effect_size": 3}}, (("effect_size",), "3")),
        ({"levels": {"effect_size": [1, "two"]}}, (("effect_size", 1), "the text 'two'")),
        ({"knobs": {"n_groups": 2.5}}, (("n_groups",), "2.5")),
        ({"sweep": "latin hypercube"}, (("sweep",), "a latin hypercube without n_points")),
        ({"n_points": 5}, (("n_points",), "n_points beside 'one at a time'")),
        ({"sweep": "factorial", "knobs": {"effect_size": 1}},
         (("levels", "effect_size"), "effect_size in knobs and in levels")),
        ({"levels": {"n_groups": [3, 400]}}, (("levels", "n_groups", 1), "16,000 markers in 1,000 genes")),
    ],
)  # fmt: skip
def test_impossible_sweeps_are_refused(more, expected):
    """Unknown knobs, values outside their range, settings that do not apply, worlds that cannot be."""
    assert expected in faults(**more)


def test_large_designs_are_refused_with_a_way_out():
    """Above 5,000 settings, or 100,000 data sets."""
    levels = {"effect_size": [i / 100 for i in range(100)], "depth": list(range(500, 600))}
    assert faults(levels=levels, sweep="factorial") == [(("levels",), "10,000 settings")]
    assert faults(levels={"depth": list(range(500, 1500))}, n_seeds=1000) == [(("n_seeds",), "1,001,000 data sets")]


@pytest.mark.parametrize("name", [name for name in WORLDS if name != "ideal"])
def test_every_world_of_the_catalogue_can_be_swept(name):
    """Over its number of cells' donors: a knob that all of them have."""
    assert sweep(world=name, levels={"n_donors": [WORLDS[name].world.knobs["n_donors"]]}).world == name


def test_unknown_worlds_sweeps_and_truths_are_refused():
    """Each with the nearest name; a file of a world is read when the study is run."""
    assert sweep(world="mine.yaml").world == "mine.yaml"
    with pytest.raises(ValidationError, match="expected ideal"):
        sweep(world="ideel")
    with pytest.raises(ValidationError, match="expected one at a time, factorial or latin hypercube"):
        sweep(sweep="factoral")
    text = "rashomon: 1\ndata: {worlds: {world: ideal, levels: {effect_size: [1]}}}\ntruths: [type, typo]\n"
    with pytest.raises(Exception, match=r"study.yaml:3:16: found the unknown truth 'typo', expected .*mean 'type'"):
        parse_spec(text.encode())


def test_pipelines_and_multiverse_exclude_each_other():
    """Either is a list of what is run."""
    worlds = {"worlds": sweep().model_dump()}
    given = {"rashomon": 1, "data": worlds, "pipelines": [{"n_pcs": 20}, {"n_pcs": 30, "resolution": 0.5}]}
    assert BenchmarkSpec.model_validate(given).pipelines[1] == {"n_pcs": 30, "resolution": 0.5}
    with pytest.raises(ValidationError, match="found pipelines beside a multiverse"):
        BenchmarkSpec.model_validate({**given, "multiverse": {"n_pcs": [20]}})


def test_pipelines_may_use_the_clusterers_that_the_study_names():
    """A function of the user is a level by its name; one that nobody names is refused with the nearest."""
    data = {"worlds": sweep().model_dump()}
    given = {"rashomon": 1, "data": data, "clusterers": ["method:mine"], "pipelines": [{"clusterer": "mine"}]}
    assert BenchmarkSpec.model_validate(given).pipelines[0]["clusterer"] == "mine"
    with pytest.raises(ValidationError) as caught:
        BenchmarkSpec.model_validate({**given, "pipelines": [{"clusterer": "mine"}, {"clusterer": "mime"}]})
    (fault,) = [fault for each in caught.value.errors() for fault in each["ctx"][FAULTS]]
    assert (fault.path, fault.near) == (("pipelines", 1, "clusterer"), "did you mean 'mine'?")
