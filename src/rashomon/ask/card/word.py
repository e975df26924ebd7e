"""A word for a cluster, of cells or of receptors, and how the first word whose rule holds is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Word", "WordVerdict", "first_word"]

Facts = TypeVar("Facts")
Limits = TypeVar("Limits")


@dataclass(frozen=True)
class WordVerdict:
    """What is said of one cluster: a word, the rest of the sentence, and what to do next."""

    verdict: str
    detail: str
    action: str


@dataclass(frozen=True)
class Word(Generic[Facts, Limits]):
    """One word, and the rule that gives it.

    Parameters
    ----------
    name
        The word as users see it.
    summary
        What it means.
    rule
        When it is given; may hold fields of the limits in braces.
    action
        What to do with such a cluster; empty where what was found says it.
    applies
        ``function(facts, limits)``: the detail where the rule holds, else None.
    limits
        A dataclass with the lines between the words, by default.
    """

    name: str
    summary: str
    rule: str
    action: str
    applies: Callable[[Facts, Limits], str | None]
    limits: Limits

    def line(self, limits: Limits | None = None) -> str:
        """Return the rule with the numbers of `limits` in it.

        Examples
        --------
        >>> from rashomon.ask.receptor.word import RECEPTOR_WORDS
        >>> RECEPTOR_WORDS["invariant (MAIT/iNKT)"].line()
        '50% of the receptors or more have the V, J and length of a MAIT or iNKT cell'
        """
        return self.rule.format(**vars(self.limits if limits is None else limits))


def first_word(words: Iterable[Word[Facts, Limits]], facts: Facts, *, limits: Limits | None = None) -> WordVerdict:
    """Return the first word whose rule holds.

    Parameters
    ----------
    words
        In the order in which their rules are tried; the last must hold whenever no other does.
    facts
        The cluster in numbers and findings.
    limits
        Lines between the words; those of each word when None.

    Examples
    --------
    >>> words = [
    ...     Word("few", "too few", "below {n}", "add some", lambda n, k: f"{n}" if n < k["n"] else None, {"n": 3}),
    ...     Word("many", "enough", "else", "go on", lambda n, _: "", {"n": 3}),
    ... ]
    >>> first_word(words, 2).verdict, first_word(words, 2, limits={"n": 2}).verdict
    ('few', 'many')
    """
    found = ((word, word.applies(facts, word.limits if limits is None else limits)) for word in words)
    return next(WordVerdict(word.name, detail, word.action) for word, detail in found if detail is not None)
