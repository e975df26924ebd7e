import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.dataset import Dataset, Expression, Roles, Truth


@pytest.fixture
def parts():
    obs = pd.DataFrame({"cell_type": ["B", "T", "B"], "donor": ["x", "x", "y"]}, index=["c1", "c2", "c3"])
    return {
        "obs": obs,
        "expression": Expression(sp.csr_matrix(np.eye(3, 2, dtype=np.float32)), np.array(["g1", "g2"]), "counts"),
        "views": {"X_pca": np.zeros((3, 2), np.float32)},
        "truths": {"cell_type": Truth.from_series(obs["cell_type"])},
        "roles": Roles(donor=Truth.from_series(obs["donor"], kind="technical")),
        "source": "a.h5ad",
    }


def test_sizes_and_names(parts):
    """Rows, genes and row names are those of the parts."""
    data = Dataset(**parts)
    assert (data.n_obs, data.expression.n_vars) == (3, 2)
    assert data.obs_names.tolist() == ["c1", "c2", "c3"]


def test_labels_alone_are_a_data_set(parts):
    """Expression may be absent: labels alone can be compared."""
    assert Dataset(parts["obs"]).expression is None


@pytest.mark.parametrize(
    ("part", "value", "named"),
    [
        ("expression", Expression(sp.csr_matrix((2, 2)), np.array(["g1", "g2"]), "counts"), "'expression': 2"),
        ("views", {"X_umap": np.zeros((4, 2))}, "view 'X_umap'\": 4"),
        ("truths", {"t": Truth("t", "annotation", np.array([0]), ("a",))}, "truth 't'\": 1"),
        ("roles", Roles(batch=Truth("b", "technical", np.array([0, 0]), ("a",))), "role 'batch'\": 2"),
    ],
    ids=["expression", "view", "truth", "role"],
)
def test_part_with_another_number_of_rows_is_named(parts, part, value, named):
    """Only the part that disagrees is named, with its size and the expected one."""
    with pytest.raises(UsageError, match=named) as caught:
        Dataset(**parts | {part: value})
    assert caught.value.where == "a.h5ad"
    assert caught.value.expected == "3 rows, as in obs"


def test_repeated_row_names_are_refused(parts):
    """Rows are found by name, so names are unique."""
    obs = parts["obs"].set_axis(["c1", "c2", "c1"])
    with pytest.raises(UsageError, match="row names repeat: c1") as caught:
        Dataset(**parts | {"obs": obs})
    assert caught.value.where == "a.h5ad, obs"


def test_digest_is_of_the_content(parts):
    """The same content read twice, from a file of another name, has one digest."""
    again = parts | {"obs": parts["obs"].copy(), "source": "b.h5ad"}
    assert Dataset(**parts).digest == Dataset(**again).digest


@pytest.mark.parametrize("part", ["obs", "expression", "views", "truths", "roles"])
def test_digest_sees_a_change_of_each_part(parts, part):
    """Renaming a row or changing one number, label, coordinate or role changes the digest."""
    x = parts["expression"].x.copy()
    x.data[0] = 5
    changed = {
        "obs": parts["obs"].set_axis(["c1", "c2", "c9"]),
        "expression": Expression(x, parts["expression"].var_names, "counts"),
        "views": {"X_pca": np.ones((3, 2), np.float32)},
        "truths": {"cell_type": Truth("cell_type", "annotation", np.array([1, 0, 0]), ("B", "T"))},
        "roles": Roles(batch=parts["roles"].donor),
    }
    assert Dataset(**parts | {part: changed[part]}).digest != Dataset(**parts).digest
