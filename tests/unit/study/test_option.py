"""Options refuse what cannot be, and describe themselves."""

import json

import numpy as np
import pytest

from rashomon.cluster import user_clusterer
from rashomon.core import UsageError
from rashomon.encode import user_transform
from rashomon.engine import Engine
from rashomon.study import AuditOptions
from tests.planted import N_OBS, dataset, judged

VIEWS = {name: np.zeros((N_OBS, 2), dtype=np.float32) for name in ("X_emb", "X_umap")}


def signs(view):
    """A clusterer of the user."""
    return (view[:, 0] > 0).astype(int)


def test_a_drawing_is_no_start():
    """An embedding made for drawing is refused with the reason; another is accepted."""
    with pytest.raises(UsageError, match="can be artefacts"):
        AuditOptions(use_rep="X_umap").check(dataset(views=VIEWS), judged())
    AuditOptions(use_rep="X_emb").check(dataset(views=VIEWS), judged())


def test_other_processes_need_a_name():
    """A function itself runs in this process only; by name it runs anywhere."""
    own = user_clusterer(signs)
    with pytest.raises(UsageError, match="signs cannot run in worker processes"):
        AuditOptions(clusterers=[own], engine=Engine("processes", 2)).check(dataset(), judged())
    AuditOptions(clusterers=[own], engine=Engine("serial")).check(dataset(), judged())


def test_they_are_put_on_record():
    """Everything that changes a result, as plain JSON; a function of the user by name and digest."""
    described = AuditOptions(clusterers=["ward", user_clusterer(signs)], multiverse={"n_pcs": (30, 50)}).described()
    assert json.loads(json.dumps(described)) == described
    assert described["multiverse"] == {"n_pcs": [30, 50]}
    assert described["clusterers"][0] == "ward"
    name, _, version = described["clusterers"][1]
    assert (name, len(version)) == ("signs", 64)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pipeline", {"n_pcs": 20}),
        ("multiverse", {"n_pcs": [20]}),
        ("clusterers", ["ward"]),
        ("steps", [user_transform("textwrap:indent")]),
        ("max_pipelines", 8),
        ("perturbations", ("halves",)),
        ("repeat_all", True),
    ],
)
def test_settings_are_refused_where_nothing_is_clustered(name, value):
    """Labels alone have no pipeline; with a matrix, or an embedding, the same settings are accepted."""
    given = AuditOptions(**{name: value})
    with pytest.raises(UsageError, match=f"{name} has no effect on labels alone") as caught:
        given.check(dataset(expression=False), judged())
    assert caught.value.where == name
    given.check(dataset(), judged())
    view = {"X_emb": np.zeros((N_OBS, 3), dtype=np.float32)}
    AuditOptions(**{name: value}, use_rep="X_emb").check(dataset(expression=False, views=view), judged())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"perturbations": ("half",)}, "unknown name 'half'"),
        ({"perturbations": ("seed",)}, "halves is not among the perturbations"),
        ({"perturbations": ("halves", "sequencing_error")}, "sequencing_error does not disturb expression"),
        ({"repeat_all": True, "questions": ("truths",)}, "repeat_all has no effect without the question stability"),
    ],
)
def test_perturbations_that_cannot_be_are_refused(given, said):
    """Unknown ones, those of receptors, none from which a verdict comes, and repeats that nobody looks at."""
    with pytest.raises(UsageError, match=said):
        AuditOptions(**given).check(dataset(), judged())


def test_perturbations_are_put_on_record_where_they_are_given():
    """An audit of the budget's own says nothing of them, so that its record stays as it was."""
    assert not {"perturbations", "repeat_all"} & set(AuditOptions().described())
    given = AuditOptions(perturbations=("halves", "seed"), repeat_all=True).described()
    assert (given["perturbations"], given["repeat_all"]) == (["halves", "seed"], True)


def test_labels_alone_are_judged_without_settings():
    """The defaults say nothing about a clustering."""
    AuditOptions().check(dataset(expression=False), judged())
