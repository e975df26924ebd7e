"""An audit finds what was planted, says what it did, and refuses before it works."""

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.dataset import Roles
from rashomon.engine import DirectoryStore, Engine, MemoryStore
from rashomon.study import AuditOptions, audit
from rashomon.study.seal.replan import replan
from tests.planted import (
    N_OBS,
    N_REPLICATES,
    SIZES,
    dataset,
    donor_role,
    groups,
    judged,
    options,
    planted_audit,
    shuffled_audit,
    store_path,
)

VIEW = {"X_emb": (np.random.default_rng(0).normal(size=(N_OBS, 4)) + 8 * groups()[:, None]).astype(np.float32)}

COLUMNS = {
    "clusters": {"cluster", "name", "size", "verdict", "class", "action", "worst_setting", "recovered: halves"},
    "rungs": {"cluster", "rung", "n", "recovered", "jaccard", "low", "high", "decides"},
    "settings": {"cluster", "choice", "level", "recovered", "elsewhere", "n"},
    "truths": {
        "truth",
        "kind",
        "circular",
        "n_classes",
        "n_labelled",
        "ami",
        "low",
        "high",
        "random_high",
        "attainable",
    },
    "truth_matrix": {"truth", "pipeline", "value"},
    "shares": {"outcome", "choice", "share", "low", "high", "spread"},
    "curve": {"run", "pipeline", "n_clusters", "normalise", "agreement with mine", "agreement with type"},
    "scores": {"run", "truth", "score", "view", "level", "value", "status", "reason"},
    "runs": {"run", "perturbation", "replicate", "pipeline", "status", "reason", "key", "n_clusters", "n_used"},
    "not_run": {"choice", "level", "because"},
    "markers": {"cluster", "gene", "auroc", "q", "held_out", "kept_pipelines"},
    "marked": {"cluster", "n_markers", "genes", "held_out", "reason"},
    "tripwires": {"tripwire", "status", "said", "next_step"},
    "cards": {"cluster", "n", "word", "detail", "action", "donors", "markers", "nearest"},
    "technical": {"cluster", "n", "cause", "donors"},
    "resolution_range": {"cluster", "choice", "level", "exists"},
}


@pytest.mark.parametrize("name", COLUMNS)
def test_tables_have_their_columns(name):
    """Every documented table is there, with rows, and with what readers of it need."""
    table = planted_audit().tables[name]
    assert len(table) > 0
    assert set(table.columns) >= COLUMNS[name]


def card_words(found):
    """Word and detail of every card."""
    table = found.tables["cards"]
    return (table["word"] + " " + table["detail"]).str.strip()


def test_planted_groups_come_back():
    """Three clear groups in other cells, counts, donors and settings: all come back."""
    found = planted_audit()
    assert found.answers["stability"].verdict == "3 of 3 clusters come back"
    assert found.clusters["size"].tolist() == list(SIZES)
    assert set(found.tables["rungs"]["rung"]) >= {
        "seed",
        "graph_jitter",
        "thinning",
        "halves",
        "donor_block",
        "settings",
    }
    assert found.cells["stability"].between(0.0, 1.0).all()
    assert found.cells["stability"].mean() > 0.85
    assert set(found.tables["cards"]["word"]) <= {"holds", "comes back"}
    assert set(found.cells["verdict"]) == set(card_words(found))


def test_the_planted_truth_wins():
    """The groups are what the clusters follow; the donors, who are no group, do not come near."""
    found = planted_audit()
    assert found.answers["truths"].verdict == "the clusters follow type"
    table = found.tables["truths"].set_index("truth")
    assert table.loc["type", "ami"] == pytest.approx(1.0)
    assert table.loc["type", "attainable"] > 0.9
    assert table.loc["donor", "high"] < 0.2


def test_shuffling_the_labels_changes_every_verdict():
    """The same labels on other cells: no cluster can be told, and they follow none of the columns."""
    found = shuffled_audit()
    assert found.clusters["class"].tolist() == ["cannot tell"] * 3
    assert found.answers["stability"].status == "cannot tell"
    assert found.answers["truths"].verdict == "the clusters follow none of the labels"
    assert not found.standin.usable
    assert found.cells["stability"].isna().all()
    assert set(found.clusters["verdict"]).isdisjoint(planted_audit().clusters["verdict"])


def test_every_run_is_a_row():
    """Partitions hold the multiverse and every repeat; none failed; keys name records that are stored."""
    found = planted_audit()
    runs = found.tables["runs"]
    assert found.partitions.n_runs == len(runs) == len(found.multiverse) + 5 * N_REPLICATES * 3
    assert found.failed.empty
    store = DirectoryStore(store_path())
    assert all(store.get(key, ["labels", "rows"]) is not None for key in runs["key"])


def test_not_run_says_why():
    """Levels that ninety-six cells do not allow, each with a reason."""
    table = planted_audit().tables["not_run"]
    assert set(zip(table["choice"], table["level"], strict=True)) == {
        ("n_pcs", "50"),
        ("n_neighbours", "15"),
        ("excluded_genes", "receptor"),
        ("integrate", "harmony"),
        ("perturbation", "subsample"),
    }
    assert table["because"].str.len().gt(10).all()


def test_the_spec_is_the_resolved_call():
    """Plain JSON; the same call has the same spec, another seed another."""
    found = planted_audit()
    assert json.loads(json.dumps(dict(found.spec))) == dict(found.spec)
    assert found.spec["labels"] == "mine"
    assert found.spec["data_digest"] == dataset().digest
    assert found.spec["truths"] == {"type": {"kind": "biological", "derived_from": "external"}}
    assert found.spec["roles"] == {"donor": "donor"}
    assert {"rashomon", "numpy", "igraph"} <= set(found.environment)
    assert found.seconds > 0


def test_coordinates_are_the_first_components():
    """Without coordinates of the user, cells are drawn on the view of the stand-in; given ones are kept."""
    xy, name = planted_audit().view
    assert (xy.shape, name) == ((N_OBS, 2), "first two components")
    assert np.isfinite(xy).all()
    mine = (np.zeros((N_OBS, 2), dtype=np.float32), "X_umap")
    found = audit(dataset(expression=False), judged(), options=options(coordinates=mine))
    assert found.view is mine


def test_labels_alone_answer_one_question():
    """Without a matrix: question 3 is answered, the others say what they need, the tables are empty."""
    found = audit(dataset(expression=False), judged(), options=options())
    assert {name: said.status for name, said in found.answers.items()} == {
        "structure": "cannot tell",
        "stability": "not applicable",
        "truths": "answered",
        "choices": "not applicable",
        "confounding": "answered",
        "which_score": "cannot tell",
        "power": "cannot tell",
    }
    assert found.answers["truths"].verdict == "the clusters follow type"
    assert (found.partitions, found.multiverse, found.standin, found.estimate, found.view) == (None,) * 5
    assert found.tables["scores"]["truth"].nunique() == 2
    assert found.failed.empty


def test_an_embedding_is_where_the_audit_begins():
    """From an embedding the groups come back; the steps before it, and thinning, are listed as not run."""
    found = audit(dataset(views=VIEW, expression=False), judged(), options=options(use_rep="X_emb"))
    assert found.answers["stability"].verdict == "3 of 3 clusters come back"
    listed = set(found.tables["not_run"]["choice"])
    assert {"normalise", "n_genes", "scale", "n_pcs", "perturbation"} <= listed
    assert "thinning" not in set(found.tables["rungs"]["rung"])
    assert found.spec["use_rep"] == "X_emb"


def test_from_an_embedding_the_counts_of_the_file_are_tested():
    """Question 1 is answered from the counts beside the embedding, and its guarantees apply; the others start there."""
    found = audit(dataset(views=VIEW), judged(), options=options(use_rep="X_emb", n_replicates=2))
    said = found.answers["structure"]
    assert said.verdict == "yes (groups)"
    assert "not about the embedding 'X_emb'" in said.text
    assert len(found.tables["labellings"]) == 3
    table = found.tables["guarantees"].set_index("question")
    assert set(table.loc["structure", "status"]) == {"untested"}
    assert found.answers["power"].status == "cannot tell"


@pytest.mark.slow
def test_a_declared_pipeline_is_repeated():
    """What the user says made the labels is run again, though another pipeline agrees as well."""
    wanted = {"pipeline": {"clusterer": "kmeans", "n_genes": 75}, "clusterers": ["kmeans"], "n_replicates": 2}
    found = audit(dataset(), judged(), options=options(**wanted))
    assert found.standin.declared
    assert found.standin.pipeline["clusterer"] == "kmeans"
    again = found.tables["runs"].query("perturbation != 'none'")
    assert set(again["clusterer"]) == {"kmeans"}
    assert set(again["n_genes"].astype(str)) == {"75"}


def test_repeating_every_pipeline_changes_no_verdict():
    """The one that stands in is repeated as before; the others stand in a table of their own, and can be verified."""
    asked = {
        "use_rep": "X_emb",
        "multiverse": {"n_neighbours": [8, 5], "resolution": [1.0, 0.5], "seed": [0]},
        "perturbations": ("halves", "seed"),
        "n_replicates": 2,
        "questions": ("stability",),
    }
    data = dataset(views=VIEW)
    one = audit(data, judged(), options=options(**asked))
    every = audit(data, judged(), options=options(**asked, repeat_all=True))
    pd.testing.assert_frame_equal(one.cells, every.cells)
    for name in ("clusters", "rungs", "settings", "resolution_range", "repeats", "cell_rungs", "marked", "cards"):
        pd.testing.assert_frame_equal(one.tables[name], every.tables[name])
    assert np.array_equal(every.own_partitions.labels, one.partitions.labels)
    assert one.tables["pipeline_repeats"].empty
    found = every.tables["pipeline_repeats"]
    assert set(found["pipeline"]) == set(every.tables["runs"]["pipeline"])
    assert len(found) == found["pipeline"].nunique() * 2 * 2
    assert set(every.tables["runs"]["perturbation"]) == {"none", "halves", "seed"}
    assert "pipelines find their own labels again" in every.answers["stability"].text
    again = replan(data, judged(), every.partitions, options=options(**asked, repeat_all=True))
    assert set(every.tables["runs"]["run"]) == set(again.units)


def test_without_labels_the_default_pipeline_is_judged():
    """Its clusters are numbered, it stands in for itself, and they are the planted groups."""
    found = audit(dataset(), options=options(n_replicates=2))
    assert not found.judged.own
    assert found.standin.pipeline == found.multiverse.default
    assert found.judged.categories == tuple(str(i) for i in range(found.judged.codes.max() + 1))
    assert found.answers["truths"].verdict == "the clusters follow type"


def test_unassigned_and_missing_labels_are_kept_apart():
    """Cells that the judged labels leave out have no verdict; missing ones have no stability either."""
    codes = groups().copy()
    codes[:5], codes[5:10] = -1, -2
    found = audit(dataset(views=VIEW), judged(codes), options=options(use_rep="X_emb"))
    assert (found.cells["verdict"][:10] == "").all()
    assert (found.cells["label"][:10] == "").all()
    assert found.cells["stability"][:5].notna().all()
    assert found.cells["stability"][5:10].isna().all()


def test_one_donor_is_said_and_survived():
    """A donor column with one donor: no donor resampling, with the reason, and all three answers."""
    role = Roles(donor=donor_role(np.zeros(N_OBS, dtype=np.int32), n=1))
    found = audit(dataset(roles=role, views=VIEW), judged(), options=options(use_rep="X_emb"))
    reasons = found.tables["not_run"].set_index("level")["because"]
    assert reasons["donor_block"] == "there is one donor"
    assert [found.answers[name].status for name in ("stability", "truths")] == ["answered"] * 2


def test_the_plan_is_announced_before_the_work():
    """The multiverse, what it will cost, and what is run again, in words."""
    said = []
    audit(dataset(views=VIEW), judged(), options=options(announce=said.append, use_rep="X_emb"))
    assert any(line.startswith("clusterer: leiden*") for line in said)
    assert any(line.startswith("not run: n_neighbours = 15") for line in said)
    assert any(line.startswith("not run: perturbation = thinning") for line in said)
    assert any(line.startswith("the whole audit: ") and "GiB" in line for line in said)
    assert any(line.startswith("the multiverse: ") and " runs" in line for line in said)
    assert said[-1].startswith("re-running ")


def refuse_work(*_):
    """An engine that must not be reached."""
    raise AssertionError("work began")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"use_rep": "X_em"}, "there is no embedding 'X_em'"),
        ({"n_replicates": 1}, "n_replicates is 1"),
        ({"budget": "quik"}, "unknown budget 'quik'"),
        ({"pipeline": {"n_pc": 20}}, "unknown choice 'n_pc'"),
        ({"pipeline": {"n_pcs": 33}}, "n_pcs = 33 is not in the multiverse"),
        ({"multiverse": {"n_pcs": [5]}}, "n_pcs = 5 is not offered"),
        ({"max_pipelines": 3}, "3 pipelines cannot estimate the effect of every choice"),
        ({"clusterers": ["keamns"]}, "unknown clusterer 'keamns'"),
    ],
)
def test_arguments_are_refused_before_the_work(change, message):
    """A wrong name or number is refused with a fix before anything is computed."""
    strict = AuditOptions(engine=Engine("serial", listener=refuse_work), store=MemoryStore(), **change)
    with pytest.raises(UsageError, match=message) as caught:
        audit(dataset(views=VIEW), judged(), options=strict)
    assert caught.value.fix or caught.value.expected


@pytest.mark.parametrize("labels", [judged(), None])
def test_arrows_are_refused_before_the_work(monkeypatch, labels):
    """A causal arrow from a column that does not exist is named before anything is run."""
    monkeypatch.setattr("rashomon.multiverse.Executor.run", refuse_work)
    with pytest.raises(UsageError, match="donr"):
        audit(dataset(), labels, options=options(dag=(("donr", "clusters"),)))


def test_rows_must_match():
    """Labels of other cells are refused."""
    short = judged(groups()[:-1])
    with pytest.raises(UsageError, match="different numbers of rows"):
        audit(dataset(), short, options=options())


def test_nothing_to_judge_is_refused():
    """Neither a matrix nor labels."""
    with pytest.raises(UsageError, match="there is nothing to judge"):
        audit(dataset(expression=False), options=options())


def test_seeds_must_be_seeds():
    """A root of randomness that is none is refused."""
    with pytest.raises(TypeError, match="rng must be an int"):
        audit(dataset(), judged(), options=options(rng="seven"))


def test_the_estimate_covers_both_parts():
    """The multiverse with its scores, and the repeats with the reference."""
    cost = planted_audit().estimate
    assert cost.n_records > planted_audit().partitions.n_runs
    assert cost.memory > 2**27
    assert math.isfinite(cost.seconds)


def test_too_large_a_dense_matrix_is_refused_before_work():
    """A memory budget below the scaled genes is an error that names the size; the size is announced otherwise."""
    said = []
    with pytest.raises(UsageError, match=r"1 processes of 0\.2 GiB need 0\.2 GiB"):
        audit(dataset(), judged(), options=replace(options(), memory_budget=1000, announce=said.append))
    assert not any("the whole audit" in line for line in said)
