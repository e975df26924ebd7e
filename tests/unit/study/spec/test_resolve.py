import json

import pytest

from rashomon.study.spec import parse_spec, resolve_spec, spec_digest, spec_remarks

LEAST = "rashomon: 1\ndata: {file: a.h5ad}\n"
WORLD = "rashomon: 1\ndata: {worlds: {world: ideal, levels: {effect_size: [1, 2]}}}\n"


def spec(text):
    return parse_spec(text.encode())[0]


@pytest.mark.parametrize("text", [LEAST, WORLD, LEAST + "multiverse: {n_pcs: 30}\nengine: {memory: 1 GB}\n"])
def test_a_resolved_study_is_the_same_study(text):
    """JSON is YAML: what was written out is read again, and resolves to itself."""
    resolved = resolve_spec(spec(text))
    again = spec(json.dumps(resolved))
    assert again == spec(text)
    assert resolve_spec(again) == resolved


def test_repeats_are_removed():
    """In the order in which they stand; numbers that are equal are one."""
    found = resolve_spec(spec(LEAST + "truths: [b, a, b]\nmultiverse: {n_pcs: [30, 50, 30.0]}\n"))
    assert (found["truths"], found["multiverse"]) == (["b", "a"], {"n_pcs": [30, 50]})


def test_lists_that_are_values_of_knobs_stay():
    """Equal shares are two shares; as levels they are one level each."""
    text = WORLD.replace("levels: {", "knobs: {n_groups: 2, proportions: [0.5, 0.5]}, levels: {depth: [900, 900], ")
    worlds = resolve_spec(spec(text))["data"]["worlds"]
    assert worlds["knobs"]["proportions"] == [0.5, 0.5]
    assert worlds["levels"] == {"depth": [900], "effect_size": [1, 2]}
    levels = WORLD.replace("{effect_size: [1, 2]}", "{proportions: [[0.5, 0.5], [0.2, 0.8]]}, knobs: {n_groups: 2}")
    assert resolve_spec(spec(levels))["data"]["worlds"]["levels"] == {"proportions": [[0.5, 0.5], [0.2, 0.8]]}
    assert spec_remarks(spec(levels + "seed: 0\n"), n_cores=1) == []


def test_no_path_of_a_machine_is_kept():
    """Of an absolute path the name remains, on every system."""
    for path in ("/home/me/a.h5ad", "C:\\data\\a.h5ad", "C:/data/a.h5ad"):
        found = spec(f"rashomon: 1\nseed: 0\ndata: {{file: '{path}'}}\n")
        assert resolve_spec(found)["data"]["file"] == "a.h5ad"
        assert spec_remarks(found, n_cores=1) == [
            "data.file is an absolute path: the study cannot be moved to another machine"
        ]
    assert resolve_spec(spec(LEAST.replace("a.h5ad", "../b/a.h5ad")))["data"]["file"] == "../b/a.h5ad"


def test_the_digest_follows_what_decides_results():
    """Not comments, order, title, folder or engine; defaults that are written out change nothing."""
    one = spec_digest(spec(LEAST))
    same = "# x\ndata: {file: a.h5ad}\ntitle: other\nseed: 0\nout: b\nrashomon: 1\nengine: {n_jobs: 2}\nbudget: quick\n"
    assert spec_digest(spec(same)) == one
    assert spec_digest(spec(LEAST + "seed: 1\n")) != one
    assert spec_digest(spec(WORLD)) != one


def test_a_sound_study_is_not_remarked():
    """Two pipelines, a seed, a relative path."""
    assert spec_remarks(spec(LEAST + "seed: 3\nengine: {n_jobs: 2}\n"), n_cores=2) == []
