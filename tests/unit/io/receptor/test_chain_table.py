import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.io.receptor.chain_table import TEXTS, ChainTable, blank


def table(n=2, **changes):
    columns = {name: blank(n) for name in TEXTS} | {"count": np.ones(n), "productive": np.ones(n, dtype=np.int8)}
    return ChainTable(obs=np.arange(n), is_cdr3=False, where="a.tsv", n_obs=n, **(columns | changes))


def test_columns_have_one_length():
    """A column of another length is refused by its name."""
    assert table().n_chains == 2
    with pytest.raises(UsageError, match=r"columns have other lengths: \{'junction': 3\}"):
        table(junction=blank(3))


def test_a_blank_column_is_empty_text():
    """Not None, so that every text operation works."""
    assert blank(2).tolist() == ["", ""]
    assert blank(0).dtype == object
