import warnings

import pytest
from anndata import ExperimentalFeatureWarning

from rashomon.io.quiet import quiet_awkward


def test_only_awkward_arrays_are_passed_over():
    """Another warning of anndata is still said, and afterwards this one is, too."""
    told = "Support for Awkward Arrays is currently experimental."
    with quiet_awkward():
        warnings.warn_explicit(told, ExperimentalFeatureWarning, "a.py", 1)
        with pytest.warns(ExperimentalFeatureWarning, match="another"):
            warnings.warn_explicit("another", ExperimentalFeatureWarning, "a.py", 1)
    with pytest.warns(ExperimentalFeatureWarning, match="Awkward"):
        warnings.warn_explicit(told, ExperimentalFeatureWarning, "a.py", 1)
