"""A damaged ledger is replaced by one made from the artefacts, and what is lost is said."""

import numpy as np
import pytest

from rashomon.core import StoreError
from rashomon.engine import DirectoryStore, Engine, Record, run
from rashomon.engine.ledger import LEDGER, Ledger
from rashomon.engine.ledger_store import LedgerStore
from rashomon.engine.lock import StudyLock
from rashomon.study.ledger_rebuild import rebuild_ledger
from tests.unit.engine.toy import DATA, toy_plan


@pytest.fixture
def study(tmp_path):
    """A study of eight records, one more that failed."""
    with LedgerStore.open(tmp_path / "study", command="run", spec_digest="") as store:
        run(toy_plan()[0], DATA, store=store, engine=Engine("serial"))
        store.put("ff" + "0" * 62, Record(status="failed", reason="no"))
    return tmp_path / "study"


def records(folder):
    """Digest of the file by key, for all records of the ledger."""
    with Ledger(folder / LEDGER, readonly=True) as ledger:
        ledger.check()
        return {row["key"]: row["sha256"] for row in ledger.rows("record")}


def test_f11_the_ledger_is_made_anew_from_the_artefacts(study):
    """F11: a truncated ledger is set aside; the new one holds every record with its digest, and says what is lost."""
    before = records(study)
    damaged = (study / LEDGER).read_bytes()[:9000]
    (study / LEDGER).write_bytes(damaged)
    with pytest.raises(StoreError, match="cannot be used"):
        LedgerStore.open(study, command="run", spec_digest="")
    rebuilt = rebuild_ledger(study)
    assert (rebuilt.n_records, rebuilt.n_failed, rebuilt.damaged) == (9, 1, ())
    assert (study / rebuilt.kept).read_bytes() == damaged
    assert before.items() <= records(study).items()
    assert "cannot be known again" in rebuilt.lines()[-1]
    with Ledger(study / LEDGER, readonly=True) as ledger:
        assert [row["kind"] for row in ledger.rows("event")] == ["rebuilt"]
        assert {(row["attempt"], row["worker"]) for row in ledger.rows("attempt")} == {(0, "")}


def test_the_next_run_reuses_all_and_writes_down_the_steps(study):
    """After a rebuild nothing is computed again; the run that knows the plan fills in steps and parameters."""
    (study / LEDGER).unlink()
    rebuild_ledger(study)
    plan, keys = toy_plan()
    with LedgerStore.open(study, command="run", spec_digest="") as store:
        assert run(plan, DATA, store=store, engine=Engine("serial")).n_reused == len(plan)
    with Ledger(study / LEDGER, readonly=True) as ledger:
        found = {row["key"]: row["step"] for row in ledger.rows("record")}
    assert {found[key] for key in keys} == {"sum", "root"}


def test_damaged_records_are_set_aside_and_named(study):
    """A record that does not match its digest is not taken into the new ledger."""
    key = toy_plan()[1][0]
    file = DirectoryStore(study / "artefacts").file(key)
    file.write_bytes(b"no record")
    rebuilt = rebuild_ledger(study)
    assert (rebuilt.n_records, rebuilt.damaged) == (8, (file.name,))
    assert "1 damaged records were set aside" in rebuilt.lines()[1]
    assert (file.exists(), file.with_suffix(".damaged").exists(), key in records(study)) == (False, True, False)


def test_every_old_ledger_is_kept(study):
    """A second rebuild does not overwrite what the first one set aside."""
    assert [rebuild_ledger(study).kept for _ in range(2)] == [f"{LEDGER}.damaged", f"{LEDGER}.damaged-2"]
    np.testing.assert_equal(len(records(study)), 9)


def test_a_study_that_runs_is_left_alone(study, tmp_path):
    """A rebuild needs the lock; a folder without records is refused."""
    before = (study / LEDGER).read_bytes()
    with StudyLock(study), pytest.raises(StoreError, match="is being run by process"):
        rebuild_ledger(study)
    assert (study / LEDGER).read_bytes() == before
    with pytest.raises(StoreError, match="nothing to rebuild"):
        rebuild_ledger(tmp_path)
