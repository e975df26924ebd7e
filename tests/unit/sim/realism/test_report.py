import anndata
import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.sim.realism import report
from rashomon.sim.realism.catalogue import SUMMARIES
from rashomon.sim.realism.cells import Cells
from rashomon.sim.realism.distance import DISTANCES


@pytest.fixture
def make(rng):
    rates = rng.gamma(0.7, 3.0, size=(2, 60))

    def cells(n, *, labels=True):
        group = np.arange(n) % 2
        counts = sp.csr_matrix(rng.poisson(rates[group]))
        return Cells(counts, None, group, rng.permutation(group)) if labels else Cells(counts)

    return cells


@pytest.fixture
def adata(make):
    cells = make(60)
    table = anndata.AnnData(cells.counts)
    table.obs["type"], table.obs["batch"] = cells.groups.astype(str), cells.batches.astype(str)
    return table


def test_cells_compared_with_themselves_have_distance_zero(make):
    """A table has no distance from itself, in any summary, and every summary and distance has its row."""
    cells = make(100)
    result = report.realism(cells, cells, rng=0)
    assert list(result.table.columns) == list(report.TABLE_COLUMNS)
    assert list(dict.fromkeys(result.table["summary"])) == list(SUMMARIES)
    assert (result.table["status"] == "ok").all()
    assert result.table["value"].abs().max() < 1e-6
    assert result.memorisation is None
    assert result.table["floor"].isna().all()


def test_rows_follow_the_shape_of_the_summary(make):
    """A relation has the distances of the plane, any other summary those of the line."""
    table = report.realism(make(40), make(40), rng=0).table
    for name, rows in table.groupby("summary"):
        n_columns = 2 if name in {"gene_mean_variance", "gene_mean_zeros", "cell_library_zeros"} else 1
        assert rows["distance"].tolist() == [d.name for d in DISTANCES.values() if n_columns in d.n_columns]


def test_what_cannot_be_computed_is_there_with_its_reason(make):
    """Missing labels are named by side; the numbers are NaN and the status says undefined."""
    table = report.realism(make(100), make(100, labels=False), rng=0).table.set_index("summary")
    for name, record in SUMMARIES.items():
        rows = table.loc[[name]]
        assert (rows["status"] == ("undefined" if record.needs else "ok")).all()
        if record.needs:
            assert set(rows["reason"]) == {f"needs {record.needs[0]}, and the simulated cells have none"}
            assert rows["value"].isna().all()
            assert (rows["n_real"] > 0).all()
            assert (rows["n_simulated"] == 0).all()


def test_floor_is_the_report_on_the_fitted_cells(make):
    """With fitted cells the floor is what a report on these would say, and copies are looked for."""
    real, fitted, simulated = make(50), make(50), make(50)
    with_floor = report.realism(real, simulated, fitted=fitted, rng=0)
    as_simulated = report.realism(real, fitted, rng=0)
    np.testing.assert_array_equal(with_floor.table["floor"], as_simulated.table["value"])
    assert with_floor.memorisation.n_copies == 0


def test_tables_are_reduced_to_the_smallest(make):
    """Cells of every table are as many as those of the smallest; the values say so."""
    result = report.realism(make(70), make(40), rng=0)
    assert result.n_cells == 40
    assert {len(values) for values in result.summaries["cell_detection"]} == {40}


def test_columns_of_an_anndata_are_the_labels(adata):
    """Keys give the same report as arrays in Cells."""
    by_key = report.realism(adata, adata, groups_key="type", batch_key="batch", rng=0)
    arrays = Cells(adata.X, None, adata.obs["type"].astype(int).to_numpy(), adata.obs["batch"].astype(int).to_numpy())
    by_array = report.realism(arrays, arrays, rng=0)
    for name in SUMMARIES:
        np.testing.assert_array_equal(by_key.summaries[name][0], by_array.summaries[name][0])


def test_columns_may_have_another_name_in_the_simulated_cells(adata):
    """A pair of keys names the column of the real and that of the simulated cells."""
    other = adata.copy()
    other.obs = other.obs.rename(columns={"type": "kind"})
    found = report.realism(adata, other, groups_key=("type", "kind"), rng=0)
    np.testing.assert_array_equal(*found.summaries["cell_silhouette"])
    assert found.table.set_index("summary").loc["cell_silhouette", "status"].eq("ok").all()


def test_key_without_columns_is_refused(make, adata):
    """A key needs real cells with columns; simulated cells may be a bare matrix."""
    with pytest.raises(UsageError, match="the real cells are a matrix without columns"):
        report.realism(adata.X, adata, groups_key="type")
    with pytest.raises(UsageError, match="simulated cells have no column 'type'"):
        report.realism(adata, anndata.AnnData(adata.X), groups_key="type")
    found = report.realism(adata, adata.X, groups_key="type", rng=0).table.set_index("summary")
    assert found.loc["cell_silhouette", "reason"].iloc[0] == "needs groups, and the simulated cells have none"


def test_other_genes_are_refused(adata):
    """Genes are compared by name before anything is computed."""
    other = adata.copy()
    other.var_names = [f"x{i}" for i in range(other.n_vars)]
    with pytest.raises(UsageError, match="real and the simulated cells have different genes"):
        report.realism(adata, other)


def test_same_seed_same_report(make):
    """The report depends on the cells and on rng alone."""
    real, simulated = make(50), make(40)
    a, b = (report.realism(real, simulated, rng=4) for _ in range(2))
    assert a.table.equals(b.table)
    assert a.auc == b.auc


def test_undefined_real_values_are_named():
    """When the real cells give no components, the reason says that it is theirs."""
    flat = Cells(sp.csr_matrix(np.ones((20, 4))))
    varied = Cells(sp.csr_matrix(np.random.default_rng(0).poisson(2.0, size=(20, 4))))
    table = report.realism(flat, varied, rng=0).table.set_index("summary")
    assert table.loc["cell_hubs", "reason"].iloc[0] == "fewer than 2 genes vary (real cells)"
    rows = table.loc[table["distance"] == "wasserstein"]
    assert rows.loc["cell_library_size", "reason"] == "the real values do not vary"
