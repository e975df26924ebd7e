"""What is said of runs that were computed again: whether they are the same runs, and why labels may differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rashomon.core import first_few
from rashomon.study.seal.machine import describe_machine, machine_differences

__all__ = ["causes", "key_remarks"]


def key_remarks(stored: Sequence[Any], keys: Sequence[str]) -> list[str]:
    """Return what keys say: an equal one proves that data, settings, seed and versions are those of the study.

    Parameters
    ----------
    stored, keys
        Keys of the same runs, then and now.
    """
    n_equal = sum(str(old) == new for old, new in zip(stored, keys, strict=True))
    if n_equal == len(keys):
        return ["their keys are equal: same data, settings, seed, and versions of numeric libraries"]
    return [f"{len(keys) - n_equal} of {len(keys)} keys differ: other data, or other versions of numeric libraries"]


def causes(machine: dict[str, Any]) -> list[str]:
    """Return why labels may differ, in words.

    Parameters
    ----------
    machine
        The environment in which the study was made, from `rashomon.study.seal.statement`; empty where unknown.
    """
    if not machine:
        return ["what computed the study is not known"]
    found = machine_differences(machine, describe_machine())
    if found:
        return [f"what differs between then and now: {first_few(found, n=20)}"]
    return [
        "nothing that can change a number differs between then and now: the stored labels are not those of this data"
    ]
