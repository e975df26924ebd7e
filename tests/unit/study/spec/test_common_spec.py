import pytest
from pydantic import TypeAdapter, ValidationError

from rashomon.score import SCORES
from rashomon.study.spec.common_spec import FORMAT, CommonSpec, scores_field


def test_defaults_are_those_of_an_audit():
    """Quick, seed 0, nothing changed; only the version has to be written."""
    spec = CommonSpec(rashomon=FORMAT)
    assert (spec.budget, spec.seed, spec.multiverse, spec.clusterers, spec.max_pipelines) == ("quick", 0, {}, (), None)
    with pytest.raises(ValidationError, match="rashomon"):
        CommonSpec()


def test_a_study_does_not_change():
    """Assignment is refused."""
    spec = CommonSpec(rashomon=FORMAT)
    with pytest.raises(ValidationError, match="frozen"):
        spec.seed = 1


@pytest.mark.parametrize("folder", ["..", "a/..", "/x", "c:/x", "", " ", "\\x"])
def test_results_are_written_below_the_file_only(folder):
    """Whatever the separators."""
    with pytest.raises(ValidationError):
        CommonSpec(rashomon=FORMAT, out=folder)
    assert CommonSpec(rashomon=FORMAT, out="a/b..c").out == "a/b..c"


def test_scores_come_from_their_registries():
    """All of them, or a list."""
    adapter = TypeAdapter(scores_field("rashomon.score:SCORES"))
    assert adapter.validate_python("all") == tuple(SCORES)
    assert adapter.validate_python(["ari"]) == ("ari",)
    with pytest.raises(ValidationError, match="expected ari"):
        adapter.validate_python(["arii"])
