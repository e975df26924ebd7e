"""Question 1 says whether there are groups, and which clusters to merge."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Finished, Judged, Request
from rashomon.ask.structure.population_record import Population
from rashomon.ask.structure.question import conclude, plan, slots
from rashomon.dataset import Dataset, Expression, Roles, Truth
from rashomon.multiverse import Executor, slots_of
from rashomon.structure.significance import LABELLING_COLUMNS, NODE_COLUMNS, PAIR_COLUMNS
from tests.label_tree_sample import cut, populations


def ask(counts, labels, *, kind="counts", batch=None):
    """A request on counts and codes."""
    n, n_genes = counts.shape
    genes = np.array([f"g{j}" for j in range(n_genes)], dtype=object)
    role = None if batch is None else Truth("plate", "technical", batch.astype(np.int32), ("p", "q"))
    obs = pd.DataFrame(index=[f"c{i}" for i in range(n)])
    dataset = Dataset(obs, Expression(counts, genes, kind), roles=Roles(batch=role))
    names = tuple(f"k{code}" for code in range(int(labels.max()) + 1))
    return Request(dataset, Judged("leiden", labels.astype(np.int32), names, own=True), 7)


def run(request):
    """Its answer, through the engine."""
    units = plan(request)
    executor = Executor({**slots_of(request.dataset), **slots(request)}, request.entropy)
    return conclude(request, list(map(Finished, units, executor.run(units, task="t"), executor.keys(units))))


@pytest.fixture(scope="module")
def groups():
    """A request on two groups in four clusters, and its answer."""
    rng = np.random.default_rng(5)
    counts, group = populations(rng)
    labels = np.where(np.arange(400) < 3, -1, cut(counts, 4, rng))
    request = ask(counts, labels)
    return request, group, run(request)


def test_groups_are_answered_with_two_labellings(groups):
    """Yes; of four clusters two remain, and every cell in a cluster has a merged name."""
    request, group, found = groups
    assert (found.answer.status, found.answer.verdict) == ("answered", "yes (groups)")
    assert "rarer than in any single-peaked population" in found.answer.text
    assert "Of 4 clusters of leiden, 2 remain" in found.answer.text
    assert found.answer.estimate is None
    for name in ("recommended", "conservative"):
        assert (found.cells[name][:3] == "").all()
        table = pd.crosstab(found.cells[name][3:], group[3:])
        assert table.shape == (2, 2)
        assert table.to_numpy().min() <= 0.05 * table.to_numpy().max()
    assert not (request.judged.codes[3:] < 0).any()


def test_tables_have_their_columns(groups):
    """Nodes, pairs and labellings."""
    *_, found = groups
    columns = {"nodes": NODE_COLUMNS, "pairs": PAIR_COLUMNS, "labellings": LABELLING_COLUMNS}
    assert {name: list(table) for name, table in found.tables.items()} == {
        name: list(told) for name, told in columns.items()
    }
    assert found.answer.table is found.tables["nodes"]


def test_one_population_is_answered_with_no(rng):
    """Nothing beyond noise: all clusters are one, and the sentence says what would have been seen."""
    counts, _ = populations(rng, n=300, n_groups=1)
    found = run(ask(counts, cut(counts, 3, rng)))
    assert (found.answer.status, found.answer.verdict) == ("answered", "no")
    assert found.tables["labellings"]["conservative"].nunique() == 1
    assert "would" in found.answer.text


def test_without_counts_it_cannot_tell(rng):
    """The answer asks for raw counts; nothing is planned, and the tables are empty."""
    counts, group = populations(rng, n=60)
    request = ask(counts, group, kind="lognormalised")
    found = conclude(request, [])
    assert plan(request) == []
    assert (found.answer.status, found.answer.next_step) == ("cannot tell", "Give raw counts.")
    assert [len(table) for table in found.tables.values()] == [0, 0, 0]
    assert not found.cells


def test_from_an_embedding_the_counts_are_tested(groups):
    """The same verdict and labellings as without it; it is said that counts were judged."""
    request, _, without = groups
    seen = replace(request, use_rep="X_emb")
    units = plan(seen)
    assert set(slots(seen)) == {"types", "x"}
    assert set(slots(request)) == {"types"}
    executor = Executor({"rows": np.arange(400), **slots(seen)}, request.entropy)
    found = conclude(seen, list(map(Finished, units, executor.run(units, task="t"), executor.keys(units))))
    assert found.answer.verdict == without.answer.verdict
    assert found.tables["labellings"]["recommended"].nunique() == 2
    assert "This is about the counts in X, not about the embedding 'X_emb'." in found.answer.text
    assert "embedding" not in without.answer.text
    assert found.answer.assumptions[0].statement == "the embedding shows the groups of the counts"


def test_an_embedding_without_counts_cannot_tell(rng):
    """Logarithms beside an embedding are no counts."""
    counts, group = populations(rng, n=60)
    request = replace(ask(counts, group, kind="lognormalised"), use_rep="X_emb")
    assert plan(request) == []
    assert set(slots(request)) == {"types"}
    assert conclude(request, []).answer.text.startswith("X holds no counts.")


def test_batches_are_read_where_there_are_two(rng):
    """A split along the batches cannot be told, and the assumption says within what was tested."""
    counts, group = populations(rng, n=200)
    request = ask(counts, group, batch=group)
    assert [unit.path[0].step.reads for unit in plan(request)] == [("x", "batch"), ("x", "types", "batch")]
    found = run(request)
    assert found.tables["nodes"]["verdict"].tolist() == ["cannot tell"]
    assert any("centred in each batch" in assumption.evidence for assumption in found.answer.assumptions)
    assert plan(ask(counts, group, batch=0 * group))[0].path[0].step.reads == ("x",)


def test_clusters_are_not_needed(rng):
    """Without labels only all cells are tested."""
    counts, _ = populations(rng, n=150)
    request = ask(counts, np.full(150, -1))
    found = run(request)
    assert [unit.keep for unit in plan(request)] == [("root",)]
    assert found.answer.estimate is None
    assert "No cell is in a cluster." in found.answer.text


def test_what_one_population_gives_is_told(groups):
    """Where one was drawn."""
    request, _, _ = groups
    drawn = Population(
        summary=pd.DataFrame(
            {"draw": [0], "n_clusters": [6], "modularity": [0.3], "silhouette": [0.1], "reason": [""]}
        ),
        data=pd.DataFrame({"labels": ["judged"], "n_clusters": [4], "modularity": [0.5], "silhouette": [0.2]}),
    )
    assert "One population with your covariance gives 6 clusters" in run(replace(request, population=drawn)).answer.text


def test_a_test_that_failed_says_why(groups):
    """The reason is in the answer."""
    request, _, _ = groups
    units = plan(request)
    records = Executor({**slots_of(request.dataset), "types": np.zeros(2)}, 1).run(units, task="t")
    found = conclude(request, list(map(Finished, units, records, ["a", "b"])))
    assert found.answer.status == "cannot tell"
    assert "2 labels of 400 cells" in found.answer.text
