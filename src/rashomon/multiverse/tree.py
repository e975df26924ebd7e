"""A multiverse as text: one line per choice, with what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rashomon.multiverse.choice import Choice, Level, Option

if TYPE_CHECKING:
    from rashomon.multiverse.multiverse import Multiverse

__all__ = ["condition", "tree_lines"]


def condition(choice: Choice) -> str:
    """Return where a choice applies, in words; empty when everywhere."""
    return " and ".join(f"{name} in {', '.join(map(str, levels))}" for name, levels in choice.within.items())


def tree_lines(multiverse: Multiverse) -> list[str]:
    r"""Return one line per choice, what is not run, and how many pipelines there are.

    Each line has the options (``*`` marks the default, brackets what is not equivalent), where the choice applies, and
    how many distinct results there are at this level of the tree: pipelines that agree up to here share them.

    Parameters
    ----------
    multiverse
        The choices.

    Examples
    --------
    >>> from rashomon.multiverse import Choice, Multiverse, Option
    >>> scale = Choice("scale", (Option("clip 10", ""), Option("none", "")))
    >>> seed = Choice("seed", (Option(0, ""), Option(1, "")), replicate=True)
    >>> print(*tree_lines(Multiverse((scale, seed))), sep="\n")
    scale: clip 10*, none   [2 distinct]
      seed: 0*, 1   [4 distinct; repeats]
    2 pipelines, 4 runs
    """
    pipelines = list(multiverse)
    prefixes: list[tuple[Level | None, ...]] = [()] * len(pipelines)
    lines = []
    for depth, choice in enumerate(multiverse.choices):
        prefixes = [(*start, pipeline.get(choice.name)) for start, pipeline in zip(prefixes, pipelines, strict=True)]
        lines.append(f"{'  ' * depth}{_line(choice, len(set(prefixes)))}")
    skipped = [f"not run: {entry.choice} = {entry.level}, because {entry.because}" for entry in multiverse.not_run]
    return [*lines, *skipped, _size(multiverse, len(pipelines)), *multiverse.notes]


def _line(choice: Choice, n_distinct: int) -> str:
    options = ", ".join(_shown(option, default=option.level == choice.default) for option in choice.options)
    where = f" (only with {condition(choice)})" if choice.within else ""
    return f"{choice.name}: {options}{where}   [{'; '.join(_facts(choice, n_distinct))}]"


def _facts(choice: Choice, n_distinct: int) -> Iterator[str]:
    yield f"{n_distinct:,} distinct"
    if choice.granularity:
        yield "how fine"
    if choice.replicate:
        yield "repeats"


def _shown(option: Option, *, default: bool) -> str:
    other = "" if option.equivalence == "equivalent" else f" [{option.equivalence}]"
    return f"{option.level}{'*' * default}{other}"


def _size(multiverse: Multiverse, n_runs: int) -> str:
    n_settings = len(multiverse.settings())
    if multiverse.is_fraction:
        return f"{n_settings:,} pipelines, a balanced fraction of {multiverse.n_whole:,}; {n_runs:,} runs"
    return f"{n_settings:,} pipelines, {n_runs:,} runs"
