"""A step: one function on named arrays, with everything needed to plan, key, seed and repeat it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rashomon.core.errors import UsageError, first_few
from rashomon.core.registry import resolve

__all__ = ["Step", "refusal", "require_portable"]


@dataclass(frozen=True)
class Step:
    """One function that reads named slots and writes named slots; the unit of planning.

    The function is called as ``function(*reads, **params)``, with ``rng=`` added when the step is `stochastic`. It
    returns the value of its only slot in `writes`, or a tuple of values in that order. It never changes its arguments.

    Parameters
    ----------
    name
        The name users see, unique in its registry.
    function
        Dotted path ``module:function``, imported on the first call.
    reads, writes
        Names of the slots read and written.
    version
        Changes whenever the same input gives another output; part of every key below this step. A number that is
        raised, or the digest of the source of a user's function.
    stochastic
        Whether the function takes ``rng``.
    stream
        For stochastic steps: the parameters that name the random stream. Two nodes that agree on these (and on their
        parent) draw the same numbers, so complementary halves can share one permutation. Empty: all parameters.
    summary
        One line for tables.
    citation
        Where the method comes from.
    max_obs
        Most rows of the first slot in `reads` that the step accepts; ``None`` is any number. See `refusal`.
    cost
        How its time and memory grow, for steps with `max_obs`.
    check
        For functions that are not ours: dotted path of a function called as ``check(written, *reads)``, which returns
        what is stored in place of `written` or refuses it. Such a function is given copies, which it may spoil.
    target
        A function to call in place of `function`; it lives in this process only. See `require_portable`.
    """

    name: str
    function: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    version: int | str = 1
    stochastic: bool = False
    stream: tuple[str, ...] = ()
    summary: str = ""
    citation: str = ""
    max_obs: int | None = None
    cost: str = ""
    check: str = ""
    target: Callable[..., Any] | None = None

    def run(
        self, state: Mapping[str, Any], params: Mapping[str, Any], rng: np.random.Generator | None = None
    ) -> dict[str, Any]:
        """Call the function on `state` and return the slots it wrote.

        Raises
        ------
        UsageError
            When the data have more rows than `max_obs`, or `check` refuses what the function returned.
        """
        values = [state[slot] for slot in self.reads]
        reason = refusal(self, _n_rows(values[0])) if self.max_obs is not None else ""
        if reason:
            raise UsageError(reason, where=self.name, expected=f"at most {self.max_obs:,} cells", fix=_SMALLER)
        extra = {"rng": rng} if self.stochastic else {}
        function = self.target or resolve(self.function)
        given = [value.copy() for value in values] if self.check else values
        result = function(*given, **params, **extra)
        if self.check:
            result = resolve(self.check)(result, *values)
        written = (result,) if len(self.writes) == 1 else result
        return dict(zip(self.writes, written, strict=True))


_SMALLER = "leave this step out, or audit a part of the cells"


def refusal(step: Step, n_obs: int) -> str:
    """Return why `step` is not started on `n_obs` rows; empty when it may be.

    `Step.run` refuses for the same reason; a plan asks before, so that nothing above the step is computed in vain.

    Examples
    --------
    >>> step = Step("s", "math:sqrt", ("x",), ("y",), max_obs=10, cost="memory grows with the square of the cells")
    >>> refusal(step, 10), refusal(step, 1200)
    ('', 's is refused above 10 cells (1,200 here): memory grows with the square of the cells')
    """
    if step.max_obs is None or n_obs <= step.max_obs:
        return ""
    return f"{step.name} is refused above {step.max_obs:,} cells ({n_obs:,} here): {step.cost}"


def require_portable(steps: Iterable[Step]) -> None:
    """Refuse steps that only this process can run: those with a `Step.target`.

    Parameters
    ----------
    steps
        What is to be run in other processes.

    Raises
    ------
    UsageError
        When a step has a `target`; names the steps.

    Examples
    --------
    >>> require_portable([Step("root", "math:sqrt", reads=("x",), writes=("x",))])
    """
    bound = list(dict.fromkeys(step.name for step in steps if step.target is not None))
    if bound:
        raise UsageError(
            f"{first_few(bound)} cannot run in worker processes, which cannot see the function",
            where="engine",
            expected="functions named as module:function",
            fix="use the serial engine, or put the function into a module and name it as module:function",
        )


def _n_rows(value: Any) -> int:
    return int(value.shape[0] if hasattr(value, "shape") else value.vcount())
