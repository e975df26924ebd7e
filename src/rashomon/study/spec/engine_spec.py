"""How a study is run: the engine, its workers and their limits. No result depends on any of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rashomon.study.spec.fault import Fault, refuse_all
from rashomon.study.spec.name import NameOf
from rashomon.study.spec.value import ListOf, Memory, Text

__all__ = ["STRICT", "EngineSpec", "SlurmSpec"]

STRICT = ConfigDict(strict=True, extra="forbid", frozen=True, validate_default=True, allow_inf_nan=False)
"""Of every model: nothing is converted, nothing is passed over, nothing changes later."""

_Seconds = Annotated[float, Field(gt=0, le=31 * 86400)]


class SlurmSpec(BaseModel):
    """What is asked of SLURM for each of its jobs; ``n_jobs`` of the engine says how many workers there are."""

    model_config = STRICT

    cores: Annotated[int, Field(ge=1, le=1024, description="Cores of a job, each with one worker of one thread.")] = 1
    memory: Annotated[Memory, Field(description="Memory of a job, as 8 GiB.")] = "4 GiB"
    walltime: Annotated[
        str, Field(pattern=r"^(\d+-)?\d{1,3}:\d{2}:\d{2}$", description="Time limit of a job, as '02:00:00'.")
    ] = "01:00:00"
    queue: Annotated[Text | None, Field(description="Partition.")] = None
    account: Annotated[Text | None, Field(description="Account that pays.")] = None
    interface: Annotated[Text | None, Field(description="Network by which workers answer, as ib0.")] = None
    directives: Annotated[ListOf[Text], Field(description="More options, as '--qos=long'.")] = ()

    def settings(self) -> dict[str, Any]:
        """Return the arguments of ``dask_jobqueue.SLURMCluster``; what is not said is left out."""
        said = {name: value for name, value in self.model_dump(exclude={"directives"}).items() if value is not None}
        more = {"job_extra_directives": list(self.directives)} if self.directives else {}
        return {**said, "processes": self.cores, **more}


class EngineSpec(BaseModel):
    """How a study is run."""

    model_config = STRICT

    name: Annotated[
        str,
        NameOf(("rashomon.engine:EngineName",)),
        Field(description="Who runs the steps; the tables are the same for every engine."),
    ] = "processes"
    n_jobs: Annotated[
        int, Field(ge=0, le=1_000_000, description="Worker processes; 0: as many as cores and memory allow.")
    ] = 0
    address: Annotated[Text | None, Field(description="Of a running dask scheduler, as tcp://host:8786.")] = None
    memory: Annotated[Memory | None, Field(description="Memory for all workers together, as 16 GiB.")] = None
    time_limit: Annotated[
        _Seconds | None, Field(description="Seconds after which one run is given up; learned when empty.")
    ] = None
    slurm: Annotated[SlurmSpec | None, Field(description="Workers as jobs of SLURM, for the engine dask.")] = None

    def settings(self) -> dict[str, Any]:
        """Return the arguments of `rashomon.engine.Engine` that are said, the number of workers aside."""
        plain = self.model_dump(include={"name", "address", "memory", "time_limit"}, exclude_none=True)
        return plain if self.slurm is None else {**plain, "slurm": self.slurm.settings()}

    @model_validator(mode="after")
    def _applies(self) -> EngineSpec:
        refuse_all(self._useless())
        return self

    def _useless(self) -> Iterator[Fault]:
        """Yield settings that have no effect: none is ignored."""
        if self.name != "dask":
            for key in ("address", "slurm"):
                if getattr(self, key) is not None:
                    yield Fault(f"{key} beside the engine {self.name}", "the engine dask", path=(key,))
        if self.address is not None and self.slurm is not None:
            yield Fault("address and slurm", "one of them", path=("slurm",))
        if self.name == "serial" and self.n_jobs > 1:
            near = "use the engine processes"
            yield Fault(f"{self.n_jobs} jobs beside the engine serial", "0 or 1", near, ("n_jobs",))
