"""The data of a study read again: found by name, as the spec says, and nothing executed."""

import numpy as np
import pytest

from rashomon import io
from rashomon.core import UsageError
from rashomon.multiverse import slots_of
from rashomon.study import AuditOptions
from rashomon.study.seal.reread import find_data, options_of, reread, why_not
from tests import planted, receptor_sample
from tests.sealed_study import SPEC

NAMED = {**SPEC, "source": "cells.h5ad", "labels": "mine"}


@pytest.fixture
def data(tmp_path):
    """The planted data set as a file."""
    io.write(planted.adata(), tmp_path / "cells.h5ad")
    return tmp_path / "cells.h5ad"


def test_the_file_is_found_beside_the_study_and_in_it(data, tmp_path):
    """By the name in the spec; a path that was given goes before."""
    assert find_data(tmp_path / "study", NAMED, None) == data
    assert find_data(tmp_path, NAMED, None) == data
    assert find_data(tmp_path / "study", {"source": "/home/ada/cells.h5ad"}, None) == data
    other = data.rename(tmp_path / "renamed.h5ad")
    assert find_data(tmp_path / "study", NAMED, other) == other


def test_a_file_that_is_not_there_is_said(tmp_path):
    """What was looked for, and how to say where it is."""
    for given, name in ((None, "cells.h5ad"), (tmp_path / "x.h5ad", "x.h5ad")):
        with pytest.raises(UsageError, match=name) as caught:
            find_data(tmp_path / "study", NAMED, given)
        assert (caught.value.code, "--data" in caught.value.fix) == ("seal.data", True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"labels_only": True}, "only labels were judged"),
        ({"clusterers": [["mine", "my_module:mine", "abc"]]}, "my_module:mine"),
        ({"clusterers": ["os:system"]}, "os:system"),
        ({"steps": [["mine", "my_module:mine", "abc"]]}, "nothing that a folder names is executed"),
    ],
)
def test_what_cannot_be_run_again_has_a_reason(change, said):
    """Labels alone, and functions of the author: a folder that came by mail names no code to run."""
    assert said in why_not({**NAMED, **change})
    assert why_not(NAMED) == ""
    assert why_not({"data": {"worlds": {}}}) == "the spec is not that of an audit"


def test_options_are_those_of_the_audit():
    """What an audit writes down of its options is read back as the same options."""
    options = AuditOptions(
        budget="default",
        multiverse={"n_pcs": [20]},
        clusterers=["ward"],
        max_pipelines=9,
        dag=(("donor", "clusters"),),
        n_replicates=5,
        rng=3,
    )
    assert options_of({**options.described(), "rng": 3}).described() == options.described()


def test_slots_are_those_of_the_audit(data):
    """Matrix and roles from the file give the slots that the audit had, to the bit; labels are on trial again."""
    dataset, judged = reread(data, NAMED)
    mine, theirs = slots_of(dataset), slots_of(planted.dataset())
    assert {*mine} == {*theirs}
    assert all(np.array_equal(mine[name], theirs[name]) for name in ("rows", "donor", "genes", "gene_flags"))
    assert (mine["x"] != theirs["x"]).nnz == 0
    assert judged.name == "mine"
    assert reread(data, {**NAMED, "labels": "the default pipeline"})[1] is None


def test_a_part_is_read_as_a_part(data):
    """Only the cells that were audited."""
    dataset, _ = reread(data, {**NAMED, "within": {"type": ["A", "B"]}})
    assert dataset.n_obs == planted.SIZES[0] + planted.SIZES[1]


def test_labels_of_a_table_are_read_from_beside_the_data(data, tmp_path):
    """A table of labels that was named is needed, and looked for beside the data."""
    spec = {**NAMED, "labels": "more", "labels_from": "labels.csv"}
    with pytest.raises(UsageError, match="table of labels"):
        reread(data, spec)
    rows = "".join(f"{name},{i % 3}\n" for i, name in enumerate(planted.adata().obs_names))
    (tmp_path / "labels.csv").write_text(f"cell,more\n{rows}")
    assert np.array_equal(reread(data, spec)[1].codes, np.arange(planted.N_OBS) % 3)


def test_receptors_are_read_as_units(tmp_path, rng):
    """A table of receptors becomes one row per clonotype of a donor, as the audit made them."""
    file = tmp_path / "receptors.tsv"
    io.write_airr(receptor_sample.planted(rng), file)
    dataset, judged = reread(file, {**SPEC, "item": "receptor", "roles": {"donor": "donor"}})
    assert dataset.item == "receptor"
    assert dataset.n_obs == 196
    assert len(dataset.roles.donor.categories) == 4
    assert judged is None
