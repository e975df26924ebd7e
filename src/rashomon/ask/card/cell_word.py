"""What a cluster of cells is, in one word: the words, the rule that gives each, and their order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan
from typing import Literal

from rashomon.ask.card.word import Word, WordVerdict, first_word
from rashomon.ask.stability.verdict import Thresholds
from rashomon.core import Registry

__all__ = ["CELL_WORDS", "CellFacts", "Separation", "judge_cells"]

Separation = Literal["separate", "one population", "gradient", "cannot tell", ""]
"""What question 1 says of a cluster and its nearest neighbour; empty where it was not asked."""


@dataclass(frozen=True)
class CellFacts:
    """What all questions together say of one cluster of cells.

    Parameters
    ----------
    n
        Cells.
    back, detail, back_action
        Whether it comes back: a key of `rashomon.ask.stability.verdict.VERDICTS`, the rest of it, and what to do.
    above_null
        Whether it comes back better than clusters of its size in one population; None where no null was run.
    null_said
        The numbers behind it.
    separation, nearest, separation_said
        Whether it is separate from its nearest cluster, which one that is, and the numbers.
    technical
        What technical cause predicts the cluster: "follows depth"; empty for none.
    doublet_of
        Names of the two clusters whose doublets it looks like; empty for none.
    n_donors, n_able
        Donors it was seen in, and donors with enough cells for it to be seen; NaN where no donor is declared.
    top_donor
        The donor with most of its cells.
    """

    n: int
    back: str
    detail: str = ""
    back_action: str = ""
    above_null: bool | None = None
    null_said: str = ""
    separation: Separation = ""
    nearest: str = ""
    separation_said: str = ""
    technical: str = ""
    doublet_of: tuple[str, ...] = ()
    n_donors: float = float("nan")
    n_able: float = float("nan")
    top_donor: str = ""

    @property
    def comes_back(self) -> bool:
        """Whether it is found again in other cells and under most settings."""
        return self.back == "comes back"

    @property
    def joined_though_apart(self) -> bool:
        """Whether repeats join it with its nearest cluster although a gap lies between them."""
        joined = self.back == "merges" and self.detail == f"with {self.nearest}"
        return joined and self.separation == "separate"

    @property
    def donors_said(self) -> str:
        """In how many donors it is, in words; empty where no donor is declared."""
        return "" if isnan(self.n_donors) else f"in {self.n_donors:.0f} of {self.n_able:.0f} donors"


_KEEP_APART = "do not merge them; a finer resolution finds it more often"


def judge_cells(facts: CellFacts) -> WordVerdict:
    """Return the first word whose rule holds, in the order of `CELL_WORDS`.

    Parameters
    ----------
    facts
        The cluster in numbers and findings.

    Examples
    --------
    >>> judge_cells(CellFacts(n=200, back="comes back", above_null=True, separation="separate")).verdict
    'holds'
    >>> judge_cells(CellFacts(n=200, back="comes back")).verdict
    'comes back'
    """
    said = first_word(CELL_WORDS.values(), facts)
    own = _KEEP_APART if facts.joined_though_apart else facts.back_action
    return replace(said, action=said.action or own)


def _too_little(facts: CellFacts, limits: Thresholds) -> str | None:
    return facts.detail if facts.back == "cannot tell" and facts.n < limits.n_cells else None


def _untold(facts: CellFacts, _: Thresholds) -> str | None:
    return facts.detail if facts.back == "cannot tell" else None


def _doublets(facts: CellFacts, _: Thresholds) -> str | None:
    return f"of {' and '.join(facts.doublet_of)}" if facts.doublet_of else None


def _technical(facts: CellFacts, _: Thresholds) -> str | None:
    return f"({facts.technical})" if facts.technical else None


def _merge(facts: CellFacts, _: Thresholds) -> str | None:
    if facts.separation == "one population":
        return f"with {facts.nearest}{_beside(facts.separation_said)}"
    return facts.detail if facts.back == "merges" and not facts.joined_though_apart else None


def _splits(facts: CellFacts, _: Thresholds) -> str | None:
    return facts.detail if facts.back == "splits" else None


def _only_under(facts: CellFacts, _: Thresholds) -> str | None:
    return facts.detail.removeprefix("under ") if facts.back == "only under" else None


def _chance(facts: CellFacts, _: Thresholds) -> str | None:
    return facts.null_said if facts.above_null is False else None


def _lost(facts: CellFacts, _: Thresholds) -> str | None:
    if facts.joined_though_apart:
        return f"(repeats join it {facts.detail}, though a gap separates it{_beside(facts.separation_said)})"
    return facts.detail if facts.back == "does not come back" else None


def _gradient(facts: CellFacts, _: Thresholds) -> str | None:
    if facts.separation != "gradient":
        return None
    return f"with {facts.nearest}, or overlaps it{_beside(facts.separation_said)}"


def _few_donors(facts: CellFacts) -> bool:
    """Whether it is in fewer than two donors, or in less than half of those that have enough cells."""
    return not isnan(facts.n_donors) and facts.n_able > 1 and facts.n_donors < max(2.0, facts.n_able / 2)


def _one_donor(facts: CellFacts, _: Thresholds) -> str | None:
    if not facts.comes_back or not _few_donors(facts):
        return None
    return f"donor {facts.top_donor}" if facts.n_donors <= 1 else f"{facts.n_donors:.0f} of {facts.n_able:.0f} donors"


def _holds(facts: CellFacts, _: Thresholds) -> str | None:
    if not (facts.comes_back and facts.above_null and facts.separation == "separate"):
        return None
    one = facts.n_able <= 1 or isnan(facts.n_able)
    return "in this sample; says nothing about other people" if one else facts.donors_said


def _comes_back(facts: CellFacts, _: Thresholds) -> str | None:
    if not facts.comes_back:
        return None
    missing = []
    if facts.above_null is None and facts.null_said:
        missing.append(f"not clearly better than clusters of one population: {facts.null_said.strip('()')}")
    elif facts.above_null is None:
        missing.append("clusters of one population were not compared")
    if facts.separation != "separate":
        near = f" from {facts.nearest}" if facts.nearest else ""
        reason = f"whether it is separate{near} cannot be told" if facts.separation else "separation was not tested"
        missing.append(reason)
    return f"({'; '.join(missing)})"


def _beside(said: str) -> str:
    return f" ({said})" if said else ""


_LIMITS = Thresholds()

CELL_WORDS: Registry[Word[CellFacts, Thresholds]] = Registry(
    "word for cells",
    [
        Word(
            "too little data",
            "too few cells to be judged",
            f"the cluster has fewer than {_LIMITS.n_cells} cells",
            "",
            _too_little,
            _LIMITS,
        ),
        Word(
            "cannot tell",
            "nothing that could be re-run, or numbers that straddle the line",
            "no pipeline makes labels like these, every run failed, or it is as often found again as not",
            "",
            _untold,
            _LIMITS,
        ),
        Word(
            "probably doublets",
            "droplets with a cell of each of two others",
            "its cells hold the genes of two other clusters, at more than their depth",
            "remove doublets sample by sample (Scrublet, scDblFinder), and cluster again",
            _doublets,
            _LIMITS,
        ),
        Word(
            "reproducible but technical",
            "a technical cause, alone, tells its cells from all others",
            "depth, mitochondrial share, cycle, stress, a doublet score, a batch or a sample predicts membership",
            "look at that cause first; do not name a cell type after it",
            _technical,
            _LIMITS,
        ),
        Word(
            "splits",
            "not found again because it falls into parts",
            "most repeats that lost it found two or more clusters that make it up",
            "",
            _splits,
            _LIMITS,
        ),
        Word(
            "should merge",
            "one population with its neighbour, as far as these counts can tell",
            "with its nearest cluster it shows nothing beyond depth, batch and counting noise, or repeats join them "
            "and no gap was found between them",
            "treat them as one, or show the marker that separates them in counts the clustering has not seen",
            _merge,
            _LIMITS,
        ),
        Word(
            "appears only with",
            "found again in other cells, but only with one setting",
            "found in most pipelines with that setting, and in few without",
            "",
            _only_under,
            _LIMITS,
        ),
        Word(
            "not more than chance",
            "clusters of its size in one population come back as well",
            "its lower bound of the mean Jaccard index over repeats is not above the 95 % point of such clusters",
            "do not build on it; coarser clusters may hold",
            _chance,
            _LIMITS,
        ),
        Word(
            "does not come back",
            "not found again in other cells, or not under most settings",
            "found in too few repeats of some kind, or joined with another there although there is a gap",
            "",
            _lost,
            _LIMITS,
        ),
        Word(
            "holds, but only in",
            "comes back, but is not seen in enough donors to be about people",
            "seen in one donor, or in less than half of the donors with enough cells",
            "look for it in other donors, and at what was done to this one",
            _one_donor,
            _LIMITS,
        ),
        Word(
            "a step on a gradient",
            "there is structure between it and its neighbour, and no gap",
            "with its nearest cluster: structure beyond noise, and no dip between them (or a closed loop)",
            "show the gradient; where to cut it is your choice, not the data's",
            _gradient,
            _LIMITS,
        ),
        Word(
            "holds",
            "comes back under these settings and in these donors, better than clusters of one population, and is "
            "separate from its neighbour",
            "all of the tests above were run, and passed",
            "keep it; check which labels it follows",
            _holds,
            _LIMITS,
        ),
        Word(
            "comes back",
            "found again in other cells and under most settings; not everything that 'holds' asks for could be shown",
            "none of the other rules holds, and it is found again",
            "run with budget default for the comparison with one population, on raw counts",
            _comes_back,
            _LIMITS,
        ),
    ],
)
"""Every word, in the order in which the rules are tried."""
