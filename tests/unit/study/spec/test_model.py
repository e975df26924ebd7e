import pytest
from pydantic import ValidationError

from rashomon.ask import QUESTIONS
from rashomon.score import SCORES
from rashomon.study.spec import AuditSpec

LEAST = {"rashomon": 1, "data": {"file": "a.h5ad"}}


def spec(**more):
    return AuditSpec.model_validate({**LEAST, **more})


def test_the_least_study_asks_everything():
    """A file is enough; all questions and all scores are written out."""
    least = spec()
    assert least.questions == tuple(QUESTIONS)
    assert least.scores == tuple(SCORES)
    assert (least.labels, least.truths, least.n_replicates, least.dag) == (None, None, 20, None)


def test_values_within_are_text():
    """One value may stand alone; numbers are taken as text, as columns are compared."""
    data = {"file": "a", "within": {"type": "CD4 T", "cluster": [3, "4"]}}
    assert spec(data=data).data.within == {"type": ("CD4 T",), "cluster": ("3", "4")}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"pipeline": {"n_pcs": 30}}, "found a pipeline that made labels, and no labels"),
        ({"data": {"file": "a", "receptors": True, "layer": "x"}}, "found layer beside receptors"),
        ({"data": {"file": "a", "receptors": True}, "steps": ["m:f"]}, "found steps beside receptors"),
        ({"roles": {"donor": ""}}, "at least 1 character"),
        ({"data": {"file": "a", "within": {"t": []}}}, "at least 1 item"),
        ({"questions": ["powr"]}, "expected structure"),
        ({"perturbations": ["half"]}, "expected seed, graph_jitter"),
        ({"perturbations": ["seed"]}, "expected halves among them"),
        ({"perturbations": []}, "at least 1 item"),
        ({"repeat_all": True, "questions": ["truths"]}, "found repeat_all without the question stability"),
    ],
)
def test_what_has_no_effect_or_no_meaning_is_refused(more, said):
    """Nothing is ignored."""
    with pytest.raises(ValidationError, match=said):
        spec(**more)


def test_equal_studies_are_equal():
    """Values, not objects, are compared."""
    assert spec(labels="leiden") == spec(labels="leiden")
    assert spec(labels="leiden") != spec()
