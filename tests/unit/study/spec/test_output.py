from pathlib import Path

import pytest

from rashomon.core import UsageError
from rashomon.study.spec import parse_spec, study_folder


def spec(more="", data="{file: a.h5ad, labels_from: b.csv}"):
    return parse_spec(f"rashomon: 1\ndata: {data}\n{more}".encode())[0]


def test_a_study_has_a_folder_beside_its_file(tmp_path):
    """Named by the file, by the study, or by the command line, the last one first."""
    path = tmp_path / "pbmc.v2.yaml"
    assert study_folder(spec(), path) == tmp_path / "pbmc.v2_study"
    assert study_folder(spec("out: results\n"), path) == tmp_path / "results"
    assert study_folder(spec("out: results\n"), path, out=tmp_path / "other") == tmp_path / "other"


@pytest.mark.parametrize("out", [".", "a.h5ad", "b.csv", "s.yaml", "a.h5ad/inside"])
def test_nothing_that_is_read_is_written_over(tmp_path, out):
    """Neither the folder of the data, nor the data, nor the study file, nor anything inside them."""
    with pytest.raises(UsageError, match="the results would be written"):
        study_folder(spec(), tmp_path / "s.yaml", out=tmp_path / out)


def test_a_link_to_the_data_is_seen_through(tmp_path):
    """A folder that is the folder of the data under another name."""
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    with pytest.raises(UsageError, match=r"written over a\.h5ad"):
        study_folder(spec(data="{file: data/a.h5ad}"), tmp_path / "s.yaml", out=tmp_path / "link")


@pytest.mark.parametrize("out", ["/", "/etc/x", "/usr/local/y"])
def test_folders_of_the_system_are_refused(out):
    """Whoever the user is."""
    with pytest.raises(UsageError, match="a folder of the system"):
        study_folder(spec(), Path("s.yaml"), out=out)


def test_a_benchmark_reads_no_data(tmp_path):
    """Its folder only may not be that of its file."""
    worlds = spec(data="{worlds: {world: ideal, levels: {effect_size: [1]}}}")
    assert study_folder(worlds, tmp_path / "w.yaml").name == "w_study"
    with pytest.raises(UsageError, match=r"written over w\.yaml"):
        study_folder(worlds, tmp_path / "w.yaml", out=tmp_path)
