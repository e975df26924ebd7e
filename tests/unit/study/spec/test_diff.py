from rashomon.study.spec import diff_specs, parse_spec, resolve_spec

LEAST = "rashomon: 1\ndata: {file: a.h5ad}\n"


def resolved(more=""):
    return resolve_spec(parse_spec((LEAST + more).encode())[0])


def test_equal_studies_do_not_differ():
    """Also where one writes defaults out."""
    assert diff_specs(resolved(), resolved("seed: 0\nbudget: quick\n")) == []


def test_every_change_is_a_line():
    """New, gone and changed values, entries of lists, their order, and what decides no result."""
    old = resolved("multiverse: {n_pcs: [30, 50], scale: [none]}\ntruths: [a, b]\nroles: {donor: d}\nunassigned: [u]\n")
    new = resolved(
        "multiverse: {n_pcs: [30, 20, 10], metric: [cosine]}\ntruths: [b, a]\nseed: 1\nengine: {n_jobs: 2}\n"
    )
    assert diff_specs(old, new) == [
        "engine.n_jobs: was 0, is 2; no result depends on it",
        "multiverse.n_pcs: 20, 10 are new, 50 is gone",
        "multiverse.scale: [none] is gone",
        "multiverse.metric: [cosine] is new",
        "roles.donor: was d, is empty",
        "seed: was 0, is 1",
        "truths: the order was a, b, is b, a",
        "unassigned: u is gone",
    ]


def test_values_of_different_types_differ():
    """1 is not true, and nothing is not an empty list."""
    assert diff_specs({"a": 1, "b": None}, {"a": True, "b": []}) == ["a: was 1, is true", "b: was empty, is []"]


def test_a_study_of_another_kind_differs_in_its_data():
    """A benchmark in the place of an audit is said line by line."""
    world = "rashomon: 1\ndata: {worlds: {world: ideal, levels: {effect_size: [1]}}}\n"
    lines = diff_specs(resolved(), resolve_spec(parse_spec(world.encode())[0]))
    assert "data.file: a.h5ad is gone" in lines
    assert "data.worlds.world: ideal is new" in lines


def test_b103_an_edited_study_says_what_changed():
    """One line for one edit, so that what is recomputed can be told before it starts."""
    assert diff_specs(resolved("n_replicates: 20\n"), resolved("n_replicates: 30\n")) == ["n_replicates: was 20, is 30"]
