import inspect
from typing import get_args

import pytest
from pydantic import ValidationError

from rashomon.engine import EngineName
from rashomon.study.spec import EngineSpec, SlurmSpec


def test_the_default_engine_is_that_of_an_audit():
    """Worker processes, as many as fit."""
    engine = EngineSpec()
    assert (engine.name, engine.n_jobs, engine.slurm) == ("processes", 0, None)


@pytest.mark.parametrize("name", get_args(EngineName))
def test_every_engine_has_its_name(name):
    """Names come from the room of engines."""
    assert EngineSpec(name=name).name == name


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"address": "tcp://host:8786"}, "found address beside the engine processes, expected the engine dask"),
        ({"slurm": {"cores": 2}}, "found slurm beside the engine processes"),
        ({"name": "serial", "n_jobs": 4}, "found 4 jobs beside the engine serial"),
        ({"name": "dask", "address": "tcp://a:1", "slurm": {}}, "found address and slurm"),
        ({"time_limit": 0}, "greater than 0"),
        ({"slurm": {"walltime": "2h"}}, "match pattern"),
        ({"slurm": {"cores": 0}}, "greater than or equal to 1"),
        ({"cores": 3}, "Extra inputs"),
    ],
)
def test_what_has_no_effect_is_refused(given, said):
    """Nothing is ignored, and nothing is out of range."""
    if given.get("name") == "dask" and "dask" not in get_args(EngineName):
        pytest.skip("there is no engine dask here")
    with pytest.raises(ValidationError, match=said):
        EngineSpec.model_validate(given)


def test_slurm_gets_the_arguments_of_the_library():
    """One core and an hour per job by default; one worker of one thread on each core; nothing that is not said."""
    plain = {"cores": 1, "processes": 1, "memory": "4 GiB", "walltime": "01:00:00"}
    assert SlurmSpec().settings() == plain
    more = SlurmSpec(cores=4, queue="short", directives=("--qos=long",)).settings()
    assert more == {**plain, "cores": 4, "processes": 4, "queue": "short", "job_extra_directives": ["--qos=long"]}
    library = pytest.importorskip("dask_jobqueue")
    taken = {*inspect.signature(library.slurm.SLURMJob).parameters, *inspect.signature(library.core.Job).parameters}
    assert set(more) <= taken
