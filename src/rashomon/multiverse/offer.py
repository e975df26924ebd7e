"""What a multiverse is built from: the data set, the budget, what the user asked for, and what cannot be run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rashomon.core import Step, UsageError, did_you_mean, first_few
from rashomon.dataset import Dataset
from rashomon.multiverse.budget import BudgetRecord
from rashomon.multiverse.choice import Level, NotRun
from rashomon.multiverse.excluded import refuse_excluded
from rashomon.perturb import PERTURBATIONS

__all__ = ["Offer", "Wishes"]


@dataclass(frozen=True)
class Wishes:
    """What a user changes in the multiverse of a budget.

    Parameters
    ----------
    levels
        Levels by choice, default first, in place of those of the budget: ``{"n_pcs": [30, 50]}``.
    clusterers
        More clusterers, each in a branch of its own: names of the registry, or steps made by
        `rashomon.cluster.user_clusterer`.
    steps
        Transforms of the matrix or of the view, each in a branch of its own: made by `rashomon.encode.user_transform`.
    max_pipelines
        Most pipelines, resolutions and seeds not counted; that of the budget when None.
    pipeline
        Settings of one pipeline that must be among those that are drawn.
    perturbations
        Names of those that are run, also where the budget leaves them out; those of the budget when empty.
    """

    levels: Mapping[str, Sequence[Level]] = field(default_factory=dict)
    clusterers: Sequence[str | Step] = ()
    steps: Sequence[Step] = ()
    max_pipelines: int | None = None
    pipeline: Mapping[str, Level] | None = None
    perturbations: Sequence[str] = ()

    def without(self, budget: BudgetRecord) -> dict[str, str]:
        """Return the perturbations that are left out, with the reason.

        Parameters
        ----------
        budget
            Decides where nothing is asked for.

        Examples
        --------
        >>> from rashomon.multiverse.budget import BUDGETS
        >>> Wishes().without(BUDGETS["quick"])["subsample"]
        'the budget quick leaves it out'
        >>> found = Wishes(perturbations=["halves", "subsample"]).without(BUDGETS["quick"])
        >>> "subsample" in found, found["seed"]
        (False, 'it was not asked for')
        """
        if not self.perturbations:
            return dict.fromkeys(budget.without, f"the budget {budget.name} leaves it out")
        return {name: "it was not asked for" for name in PERTURBATIONS if name not in self.perturbations}


@dataclass(frozen=True)
class Offer:
    """The state in which the choices of a multiverse are collected.

    Parameters
    ----------
    dataset
        Decides what can be run.
    budget
        Levels to choose from.
    wishes
        What the user changed.
    not_run
        Receives what cannot be run, with the reason.
    """

    dataset: Dataset
    budget: BudgetRecord
    wishes: Wishes = field(default_factory=Wishes)
    not_run: list[NotRun] = field(default_factory=list)

    @property
    def without(self) -> dict[str, str]:
        """Perturbations that are left out, with the reason."""
        return self.wishes.without(self.budget)

    def skip(self, choice: str, level: Level, because: str) -> None:
        """Note that a level cannot be run."""
        self.not_run.append(NotRun(choice, level, because))

    def asked(self, choice: str) -> bool:
        """Whether the user gave the levels of a choice."""
        return choice in self.wishes.levels

    def named(self, choice: str, offered: Sequence[str], known: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the levels of a choice among names: those of the user, or those `offered`.

        Raises
        ------
        UsageError
            When the user names none, an unknown one, or one that is left out on purpose.
        """
        for level in self._given(choice):
            refuse_excluded(choice, level, dataset=self.dataset)
            if level not in known:
                raise UsageError(
                    f"{choice} has no level {level!r}", where="multiverse", fix=did_you_mean(str(level), known)
                )
        return tuple(map(str, self._given(choice))) or tuple(offered)

    def numbers(self, choice: str, offered: Sequence[Any], *, words: tuple[str, ...] = ()) -> tuple[Any, ...]:
        """Return the levels of a choice among positive numbers (and `words`): those of the user, or those `offered`.

        Raises
        ------
        UsageError
            When a level is no positive number of the kind `offered`, or is left out on purpose.
        """
        # the type of the levels on offer, so that 20.0 is the 20 that makes the keys
        whole = all(isinstance(level, int | str) for level in offered)
        levels = []
        for level in self._given(choice):
            refuse_excluded(choice, level, dataset=self.dataset)
            levels.append(level if level in words else _number(choice, level, whole=whole))
        return tuple(levels) or tuple(offered)

    def refuse_unused(self, choices: Sequence[str]) -> None:
        """Refuse levels given for a choice that is not in the multiverse: nothing is ignored.

        Raises
        ------
        UsageError
            ``multiverse.choice``, with the reason where there is one.
        """
        for name, levels in self.wishes.levels.items():
            for level in levels:
                refuse_excluded(name, level, dataset=self.dataset)
            if name not in choices:
                reasons = [f"{entry.level}: {entry.because}" for entry in self.not_run if entry.choice == name]
                raise UsageError(
                    f"there is no choice {name!r} here",
                    where="multiverse",
                    expected=first_few(reasons) or "a choice that this data set allows",
                    fix=did_you_mean(name, choices),
                    code="multiverse.choice",
                )

    def _given(self, choice: str) -> tuple[Level, ...]:
        if not self.asked(choice):
            return ()
        given = self.wishes.levels[choice]
        levels = (given,) if isinstance(given, str | int | float) else tuple(given)
        if not levels:
            raise UsageError(f"no level of {choice} is given", where="multiverse", fix="give one or more")
        return tuple(dict.fromkeys(levels))


def _number(choice: str, level: Level, *, whole: bool) -> int | float:
    good = isinstance(level, int | float | np.number) and not isinstance(level, bool) and np.isfinite(level)
    least = 0 if choice == "seed" else np.nextafter(0, 1)
    if not good or float(level) < least or (whole and float(level) != int(level)):
        raise UsageError(
            f"{choice} has no level {level!r}",
            where="multiverse",
            expected="a whole number above 0" if whole else "a number above 0",
        )
    return int(level) if whole else float(level)
