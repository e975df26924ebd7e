"""Small steps made of library functions, so that worker processes can import them."""

from __future__ import annotations

import numpy as np

from rashomon.core import Step
from rashomon.engine import Call, Plan

ADD = Step("add", "numpy:add", reads=("x", "y"), writes=("x",))
SUM = Step("sum", "numpy:cumsum", reads=("x",), writes=("total",))
ROOT = Step("root", "numpy:sqrt", reads=("x",), writes=("root",))
FAIL = Step("fail", "math:factorial", reads=("x",), writes=("y",))
DIE = Step("die", "os:_exit", reads=("code",), writes=("y",))
REPEAT = Step("repeat", "numpy:repeat", reads=("x",), writes=("x",))

DATA = {"x": np.arange(6.0), "y": np.ones(6), "code": np.array(3)}


def repeated(n: int) -> Call:
    """Return a call with a parameter."""
    return Call(REPEAT, {"repeats": n})


def toy_plan() -> tuple[Plan, list[str]]:
    """Return eight records over a tree with shared prefixes, and their keys."""
    plan = Plan("toy", entropy=1)
    keys = [
        plan.add([Call(ADD), repeated(n), Call(last)], keep=last.writes) for n in (1, 2, 3, 4) for last in (SUM, ROOT)
    ]
    return plan, keys
