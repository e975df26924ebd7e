"""Codes of errors about engines, stores and benchmarks."""

from __future__ import annotations

from rashomon.truth import Rule

__all__ = ["ENGINE_RULES"]

ENGINE_RULES = (
    Rule(
        "store.locked",
        "another process runs this study",
        "one run at a time",
        "wait until it ends; rashomon status shows how far it is",
        "Two coordinators would write over each other. The lock of a process that died is taken over by itself.",
    ),
    Rule(
        "store.ledger",
        "the ledger of a study cannot be used",
        "the file that the last run left",
        "rashomon doctor DIR --rebuild makes it anew from the records; no result is lost",
        "The ledger says what was run, when and how often it was tried. The results themselves are files of their own.",
    ),
    Rule(
        "store.busy",
        "somebody else writes to the ledger",
        "one writer",
        "end programs that have the file open, and run the same command again",
        "A program that opens ledger.sqlite for writing, such as a database browser, blocks the study.",
    ),
    Rule(
        "units.none",
        "there is no list of units",
        "a study that rashomon plan was run on",
        "write it first: rashomon plan",
        "Jobs of an array run what the list says.",
    ),
    Rule(
        "engine.dask",
        "the libraries of the engine dask are not installed",
        "the extra dask",
        'pip install "rashomon[dask]"',
        "Clusters are optional.",
    ),
    Rule(
        "engine.scheduler",
        "the dask scheduler does not answer",
        "a scheduler that runs",
        "start it again and run the same command: finished runs are kept",
        "Every finished run is in the folder of the study, so nothing is lost with the scheduler.",
    ),
    Rule(
        "engine.workers",
        "the dask cluster has no workers",
        "a worker",
        "start workers and run the same command: finished runs are kept",
        "Batch systems may take long to start workers, or end them.",
    ),
    Rule(
        "engine.start",
        "the local dask scheduler does not start",
        "a process that may open ports of this machine",
        "use the engine processes",
        "Some machines forbid processes to listen, even to themselves.",
    ),
    Rule(
        "engine.versions",
        "workers have other versions of libraries than this process",
        "the same versions everywhere",
        "install the same environment on the workers and start them again",
        "Another version of a numeric library may change labels.",
    ),
    Rule(
        "engine.folder",
        "a worker does not see the folder of the study",
        "a folder that every worker sees under the same path and may write to",
        "put the study on the shared file system",
        "Workers write what they computed into the study.",
    ),
    Rule(
        "engine.unit",
        "a dask worker cannot run a unit",
        "a worker with this version of rashomon",
        "try the engine processes, which says more",
        "The unit did not even start: the failure is in the worker, not in a step.",
    ),
    Rule(
        "benchmark.sweep",
        "a sweep of worlds is not possible",
        "knobs with levels of possible worlds, and no more data sets than can be run",
        "change its levels, or the fixed knobs",
        "Every point of a sweep is built before anything is run, so that a study does not end halfway.",
    ),
)
