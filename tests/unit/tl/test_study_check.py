"""What a study would run and cost, said before anything is run; nothing is written."""

import numpy as np
import pytest

from rashomon.core import InputError, UsageError
from rashomon.tl.study_check import check_study
from tests import small_study
from tests.planted import adata
from tests.small_study import BENCHMARK, LABELS

CELLS = """\
rashomon: 1
data: {file: cells.h5ad, use_rep: X_emb}
labels: mine
truths: [type]
roles: {donor: donor}
multiverse: {clusterer: [leiden], n_neighbours: [5], resolution: [0.5, 1.0], seed: [0]}
n_replicates: 2
seed: 0
"""


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """The planted cells with an embedding, and their labels in a table of their own."""
    folder, data = tmp_path_factory.mktemp("cells"), adata()
    data.obsm["X_emb"] = np.random.default_rng(0).normal(size=(data.n_obs, 4)).astype(np.float32)
    data.obs[["mine"]].rename(columns={"mine": "theirs"}).to_csv(folder / "labels.csv")
    data.write_h5ad(folder / "cells.h5ad")
    return folder


def checked(folder, text=CELLS):
    """What is said of a study of the cells."""
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    return check_study(folder / "s.yaml")


def test_a_benchmark_is_counted_and_nothing_is_written(tmp_path):
    """The sweep, its runs and steps, seconds, and where results would go."""
    said = check_study(small_study.benchmark_in(tmp_path))
    assert said[0] == "a benchmark on cells of the world 'ideal', 60 per data set"
    assert "2 pipelines on each: 4 runs, 1 scores" in said
    assert said[-2].startswith("the benchmark: 10 runs; steps: 2 sample_world, ")
    assert said[-3].startswith("on disk: about 1 MiB of records")
    assert said[-1] == f"results go to {tmp_path / 'bench_study'}"
    assert [path.name for path in tmp_path.iterdir()] == ["bench.yaml"]


def test_a_file_is_planned_as_it_will_be_run(cells):
    """The tree, the runs of as many repeats as the file says, time and memory."""
    said = checked(cells)
    assert said[0] == "clusterer: leiden*   [1 distinct]"
    assert "1 pipelines, 2 runs" in said
    repeats = next(line for line in said if line.startswith("repeats of one pipeline: "))
    more = checked(cells, CELLS.replace("n_replicates: 2", "n_replicates: 4"))
    assert repeats != next(line for line in more if line.startswith("repeats of one pipeline: "))
    assert said[-2].startswith("the whole audit: ")
    assert said[-1] == f"results go to {cells / 's_study'}"
    assert not (cells / "s_study").exists()


def test_columns_that_are_not_there_are_found(cells):
    """Truths, labels, roles and arrows: what a run would refuse after its first steps, a check refuses too."""
    for old, new in (("[type]", "[tipe]"), ("labels: mine", "labels: main"), ("donor: donor", "donor: doner")):
        with pytest.raises(InputError, match="there is no column"):
            checked(cells, CELLS.replace(old, new))
    with pytest.raises(InputError, match="there is no column 'gate'"):
        checked(cells, CELLS.replace("donor: donor", "sample: gate"))


def test_labels_of_another_table_are_joined(cells):
    """A column that only that table has can be judged; without it there is none."""
    text = CELLS.replace("labels: mine", "labels: theirs")
    with pytest.raises(InputError, match="there is no column 'theirs'"):
        checked(cells, text)
    said = checked(cells, text.replace("use_rep: X_emb", "use_rep: X_emb, labels_from: labels.csv"))
    assert said[-2].startswith("the whole audit: ")


def test_labels_alone_have_nothing_to_plan(cells, tmp_path):
    """Of a file or of a table: said so, after the columns were looked up."""
    said = checked(cells, CELLS.replace("use_rep: X_emb", "labels_only: true").partition("multiverse")[0] + "seed: 0\n")
    assert said[-2] == "labels alone: question 3 is answered, and nothing is clustered"
    said = check_study(small_study.labels_in(tmp_path))
    assert said[-2] == "a table of labels: question 3 is answered, and nothing is clustered"
    with pytest.raises(InputError, match="there is no column 'coyn'"):
        check_study(small_study.labels_in(tmp_path, text=LABELS.replace("coin", "coyn")))
    assert {path.name for path in tmp_path.iterdir()} == {"labels.csv", "labels.yaml"}


def test_what_was_edited_is_said(tmp_path):
    """Also before the run: what changed since the study was run; the study is not touched."""
    folder = small_study.copied(tmp_path)
    before = small_study.state(folder)
    said = check_study(small_study.benchmark_in(tmp_path, text=BENCHMARK.replace("n_seeds: 1", "n_seeds: 2")))
    assert said[1] == "data.worlds.n_seeds: was 1, is 2"
    assert small_study.state(folder) == before


def test_remarks_come_first(tmp_path):
    """What a person should know of the file itself."""
    said = check_study(small_study.benchmark_in(tmp_path, text=BENCHMARK.replace("seed: 0\n", "")))
    assert said[0] == "no seed is given; 0 is used, and recorded"


def test_a_foreign_folder_is_refused(tmp_path):
    """Results would have to go where other things lie, or over what is read."""
    file = small_study.benchmark_in(tmp_path)
    (tmp_path / "bench_study").mkdir()
    (tmp_path / "bench_study" / "chapter.tex").touch()
    with pytest.raises(UsageError, match="not a study of ours"):
        check_study(file)
    with pytest.raises(UsageError, match="written over"):
        check_study(file, out=tmp_path)
