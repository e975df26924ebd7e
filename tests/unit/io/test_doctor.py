import numpy as np
import pytest

from rashomon.io import examine, shown
from rashomon.io.finding import Finding
from tests.fuzz.mutation import make, write_good
from tests.sample import edited, good_file, replace, small


def codes(path, level):
    return [finding.code for finding in examine(path) if finding.level == level]


def test_a_good_file_can_be_audited(tmp_path):
    """No error; what it holds is listed."""
    found = examine(good_file(tmp_path))
    assert {finding.level for finding in found} == {"ok", "warning"}
    assert found[-1].what == "can be audited"
    said = {finding.where: finding.what for finding in found}
    assert said["X"] == "24 x 30, counts"
    assert said["obs['cell_type']"] == "2 classes"


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    """Where reading stops at the first, the doctor goes on."""
    path = good_file(tmp_path)
    with edited(path) as file:
        replace(file, "obs/gate/codes", file["obs/gate/codes"][:-2])
        codes_of_types = file["obs/cell_type/codes"][:]
        codes_of_types[3] = 9
        replace(file, "obs/cell_type/codes", codes_of_types)
        file["obsp"]["odd"] = np.eye(7)
    wrong = {finding.where for finding in examine(path) if finding.level == "error"}
    # the columns of obs are one check, and the graph another
    assert "good.h5ad:obsp/odd" in wrong
    assert any(place.startswith("good.h5ad:obs/") for place in wrong)


def test_several_matrices_are_judged_each(tmp_path):
    """NaN in one layer, negative values in another; what is not used is no error."""
    adata = small()
    for layer, value in (("nan", np.nan), ("negative", -1.0)):
        adata.layers[layer] = adata.X.copy()
        adata.layers[layer].data[0] = value
    path = tmp_path / "a.h5ad"
    adata.write_h5ad(path)
    assert codes(path, "error") == []
    assert {"matrix.nan", "matrix.negative"} <= set(codes(path, "warning"))


def test_a_file_that_is_none_is_one_error(tmp_path):
    """What cannot be opened cannot be judged further."""
    path = tmp_path / "a.h5ad"
    path.write_text("hello")
    assert codes(path, "error") == ["file.format"]
    assert codes(tmp_path / "missing.h5ad", "error") == ["file.missing"]


def test_a_table_is_judged_by_its_columns(tmp_path):
    """Which column can serve as a truth, and why another cannot."""
    path = tmp_path / "labels.csv"
    path.write_text("cell,type,id\n" + "".join(f"c{i},{'TB'[i % 2]},{i}\n" for i in range(60)))
    said = {finding.where: finding for finding in examine(path)}
    assert said["obs['type']"].what == "2 classes"
    assert said["obs['id']"].code == "label.all_unique"


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A folder with good files of every format."""
    folder = tmp_path_factory.mktemp("good")
    write_good(folder)
    return folder


@pytest.mark.parametrize("number", range(12))
def test_no_file_makes_it_fail(good, tmp_path, number):
    """Damaged and hostile files are findings."""
    path, _ = make(good, tmp_path, number)
    assert shown(examine(path))


def test_errors_come_first_and_say_what_to_do():
    """One line for what is in order, more for what is not."""
    found = [Finding("ok", "X", "counts"), Finding("error", "obs", "is too short", "file.layout", "write it again")]
    assert shown(found) == [
        "error    obs  is too short",
        "              rashomon explain file.layout; write it again",
        "ok       X    counts",
    ]


def test_without_a_file_the_installation_is_examined():
    """Versions and the machine."""
    assert {"python", "memory"} <= {finding.where for finding in examine()}
