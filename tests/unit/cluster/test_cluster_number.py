import pytest

from rashomon.cluster.cluster_number import check_number
from rashomon.core import UsageError


@pytest.mark.parametrize("k", [0, -2, 11])
def test_refuses_a_number_out_of_range(k):
    """There is at least one cluster, and no more than points."""
    with pytest.raises(UsageError, match=f"{k} clusters of 10 points") as caught:
        check_number(k, n_obs=10, where="ward")
    assert caught.value.where == "ward(k=)"
    assert caught.value.expected == "1 to 10"


def test_accepts_both_ends_and_obeys_a_lower_limit():
    """One cluster and one per point are numbers; a method may allow fewer."""
    check_number(1, n_obs=10, where="ward")
    check_number(10, n_obs=10, where="ward")
    with pytest.raises(UsageError, match="9 clusters"):
        check_number(9, n_obs=10, where="spectral", most=8)
