"""The page of a study is written anew, wherever the study is, and the study stays as it was."""

import shutil

import pytest

from rashomon.core import UsageError, silent
from rashomon.engine.ledger import LEDGER, Ledger
from rashomon.engine.note import Note
from rashomon.sim import World, write_world
from rashomon.tl.study_report import report_study
from tests import small_study
from tests.small_study import BENCHMARK, LABELS


def written(folder, **arguments):
    """The page of a study."""
    return report_study(folder, **{"announce": silent, **arguments})


@pytest.mark.parametrize("read_only", [False, True])
def test_the_page_of_a_moved_study_is_the_same(tmp_path, read_only):
    """Byte for byte, without the study file beside it, and without a touch; also where nothing can be written."""
    folder = small_study.copied(tmp_path / "before")
    moved = tmp_path / "elsewhere" / "renamed"
    shutil.move(folder, moved)
    before, paths = small_study.state(moved), [moved, *moved.rglob("*")]
    for path in paths if read_only else ():
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        page = written(moved)
    finally:
        for path in paths:
            path.chmod(0o755)
    assert page == tmp_path / "elsewhere" / "renamed_report.html"
    assert page.read_bytes() == (moved / "report.html").read_bytes()
    assert small_study.state(moved) == before


def test_a_damaged_record_stays_and_is_computed_again(tmp_path):
    """In memory only: the page is the same, and the damage is still there for who wants to see it."""
    folder = small_study.copied(tmp_path)
    file = min(folder.glob("artefacts/*/*.parquet"))
    file.write_bytes(file.read_bytes()[:-20])
    before = small_study.state(folder)
    page = written(folder, out=tmp_path / "page.html")
    assert page.read_bytes() == (folder / "report.html").read_bytes()
    assert small_study.state(folder) == before


def test_what_failed_is_not_tried_again(tmp_path):
    """It may take down the process; the page says why it failed when it was run."""
    folder = small_study.copied(tmp_path)
    with Ledger(folder / LEDGER, readonly=True) as ledger:
        row = next(row for row in ledger.rows("record") if row["step"] == "leiden")
    (folder / "artefacts" / row["key"][:2] / f"{row['key']}.parquet").unlink()
    with Ledger(folder / LEDGER) as ledger:
        note = Note(row["key"], row["parent"], row["task"], "leiden", row["params"], "failed", "killed by SIGSEGV")
        ledger.add(note, session=1)
    page = written(folder, out=tmp_path / "page.html").read_text(encoding="utf-8")
    assert "killed by SIGSEGV" in page


def test_the_page_of_an_audit_needs_its_data(tmp_path):
    """Beside the study, or where the user says; a table of labels beside it, or in its old place."""
    small_study.run_quietly(small_study.labels_in(tmp_path))
    folder, data = tmp_path / "labels_study", tmp_path / "labels.csv"
    page = written(folder).read_text(encoding="utf-8")
    assert "labels.csv" in page
    data.rename(tmp_path / "far.csv")
    with pytest.raises(UsageError, match=r"the data file labels\.csv is not there") as caught:
        written(folder)
    assert (caught.value.code, caught.value.fix) == ("seal.data", "give its path with --data")
    with pytest.raises(UsageError, match="is not there"):
        written(folder, data=tmp_path / "none.csv")
    assert written(folder, data=tmp_path / "far.csv").exists()


def test_labels_of_another_folder_are_found(tmp_path):
    """Data and labels in two folders below the study file: both are found from there, and together elsewhere."""
    for name in ("data", "labels"):
        (tmp_path / name).mkdir()
    from tests.planted import adata

    data = adata()
    data.obs[["mine"]].rename(columns={"mine": "theirs"}).to_csv(tmp_path / "labels" / "l.csv")
    data.write_h5ad(tmp_path / "data" / "a.h5ad")
    where = "{file: data/a.h5ad, labels_from: labels/l.csv, labels_only: true}"
    text = LABELS.replace("{file: labels.csv}", where).replace("labels: mine", "labels: theirs")
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    folder = small_study.run_quietly(tmp_path / "s.yaml").folder
    assert "theirs" in written(folder).read_text(encoding="utf-8")
    for file in ("data/a.h5ad", "labels/l.csv"):
        (tmp_path / "far").mkdir(exist_ok=True)
        (tmp_path / file).rename(tmp_path / "far" / file.rpartition("/")[2])
    with pytest.raises(UsageError, match=r"a\.h5ad is not there"):
        written(folder)
    assert written(folder, data=tmp_path / "far" / "a.h5ad").exists()


def test_the_world_of_a_file_is_found_beside_the_study(tmp_path):
    """A benchmark on a world of the user; data of its own it has none."""
    write_world(World("mine", {"n_groups": 2, "n_genes": 60, "n_markers": 10}), tmp_path / "mine.yaml")
    text = BENCHMARK.replace("world: ideal", "world: mine.yaml").replace("    knobs: {n_genes: 250}\n", "")
    folder = small_study.run_quietly(small_study.benchmark_in(tmp_path, text=text)).folder
    assert written(folder).read_bytes() == (folder / "report.html").read_bytes()
    with pytest.raises(UsageError, match="data has no effect on a benchmark"):
        written(folder, data=tmp_path / "mine.yaml")


def test_a_folder_without_a_study_file_is_refused(tmp_path):
    """With what to do."""
    with pytest.raises(UsageError, match=r"holds no study\.yaml") as caught:
        written(tmp_path)
    assert caught.value.code == "store.folder"
