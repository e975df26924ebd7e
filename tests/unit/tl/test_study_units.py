"""A study as a list of jobs ends with the tables of a study that was run."""

import pytest

from rashomon.core import UsageError, silent
from rashomon.engine.unit_list import UNITS, run_unit, unit_lines
from rashomon.study.seal import verify
from rashomon.study.status import status
from rashomon.tl.study_units import plan_units
from tests import small_study
from tests.small_study import BENCHMARK, N_RECORDS, tables


def planned(file, **arguments):
    """What is left of a study, as jobs."""
    return plan_units(file, **{"announce": silent, **arguments})


def test_rounds_of_jobs_end_with_the_same_tables(tmp_path):
    """Plan, run every job, plan again, until nothing is missing: then it is finished, and sealed."""
    file, folder = small_study.benchmark_in(tmp_path), tmp_path / "bench_study"
    said = planned(file, n_units=2)
    assert said[0] == f"{N_RECORDS} runs are missing: {N_RECORDS} in 2 jobs"
    assert said[1] == f"run each: rashomon run-unit {folder} NUMBER, for NUMBER from 1 to 2"
    assert not list(folder.glob("tables/*"))
    for number in unit_lines(folder):
        assert run_unit(folder, number) == 0
    said = planned(file)
    assert said[-1] == f"Report: {folder / 'report.html'}"
    assert tables(folder) == tables(small_study.finished())
    assert verify(folder).exit_code == 0
    assert status(folder).records == {"ok": N_RECORDS}


def test_a_job_that_did_not_run_is_planned_again(tmp_path):
    """Only what is missing is listed anew, and a study can also be finished by run."""
    file, folder = small_study.benchmark_in(tmp_path), tmp_path / "bench_study"
    planned(file, n_units=2)
    done = unit_lines(folder)
    run_unit(folder, 1)
    left = N_RECORDS - len(done[1])
    assert planned(file, n_units=5)[0].startswith(f"{left} runs are missing: {left} in ")
    assert {key for keys in unit_lines(folder).values() for key in keys} == set(done[2])
    small_study.run_quietly(file)
    assert tables(folder) == tables(small_study.finished())


def test_an_engine_of_many_machines_is_not_needed(tmp_path):
    """A study whose file names SLURM is planned without it."""
    engine = "engine: {name: dask, slurm: {queue: long}}"
    text = BENCHMARK.replace("engine: {name: serial}", engine)
    assert planned(small_study.benchmark_in(tmp_path, text=text), n_units=3)[0].startswith(f"{N_RECORDS} runs are")


def test_a_study_without_runs_is_finished_at_once(tmp_path):
    """Labels of a table have nothing to cluster: there is no list, and the report is there."""
    assert planned(small_study.labels_in(tmp_path))[-1] == f"Report: {tmp_path / 'labels_study' / 'report.html'}"
    assert not (tmp_path / "labels_study" / UNITS).exists()


def test_fewer_than_one_job_is_refused(tmp_path):
    """As the engine does; no folder is left."""
    with pytest.raises(UsageError, match="n_units is 0"):
        planned(small_study.benchmark_in(tmp_path), n_units=0)
    assert not (tmp_path / "bench_study").exists()
