"""Scores that compare two labelings, once."""

from __future__ import annotations

from rashomon.score.record import Facts, Rule, Score

__all__ = ["AGREEMENT"]


def _is_empty(facts: Facts) -> bool:
    return facts.n_obs == 0


_NO_ITEM = Rule("no item is labelled in both", _is_empty)
_ONE_IN_BOTH = Rule("one cluster in both", lambda facts: facts.n_a == facts.n_b == 1)
_SINGLETONS_IN_BOTH = Rule("every item is its own cluster in both", lambda facts: facts.n_a == facts.n_b == facts.n_obs)
_ONE_CLASS = Rule("the truth has one class", lambda facts: facts.n_b == 1)
_ONE_CLUSTER = Rule("there is one cluster", lambda facts: facts.n_a == 1)

_PAIR = (_NO_ITEM, _ONE_IN_BOTH, _SINGLETONS_IN_BOTH)

AGREEMENT: tuple[Score, ...] = (
    Score(
        name="ari",
        display="ARI",
        function="rashomon.score.rand:adjusted_rand",
        needs="labels",
        against="truth",
        direction=1,
        range=(-0.5, 1.0),
        chance=0.0,
        symmetric=True,
        chance_corrected=True,
        duplication_invariant=False,
        undefined=_PAIR,
        summary="Pairs of items on which both labelings agree, corrected for chance; large clusters decide.",
        citation="Hubert and Arabie (1985), J Classif 2:193; lower bound: Chacon and Rastrojo (2023), Adv Data Anal"
        " Classif 17:125",
    ),
    Score(
        name="ami",
        display="AMI",
        function="rashomon.score.information:adjusted_information",
        needs="labels",
        against="truth",
        direction=1,
        # no sharp lower bound is known; about -0.54 is the lowest over all labelings of up to 6 items
        range=(-1.0, 1.0),
        chance=0.0,
        symmetric=True,
        chance_corrected=True,
        duplication_invariant=False,
        undefined=_PAIR,
        summary="Information that both labelings share, corrected for chance.",
        citation="Vinh, Epps and Bailey (2010), J Mach Learn Res 11:2837",
    ),
    Score(
        name="nmi",
        display="NMI",
        function="rashomon.score.information:normalised_information",
        needs="labels",
        against="truth",
        direction=1,
        range=(0.0, 1.0),
        chance=None,
        symmetric=True,
        chance_corrected=False,
        duplication_invariant=True,
        undefined=_PAIR,
        summary="Information that both labelings share; rises with the number of clusters.",
        citation="Strehl and Ghosh (2002), J Mach Learn Res 3:583",
    ),
    Score(
        name="homogeneity",
        display="homogeneity",
        function="rashomon.score.information:homogeneity",
        needs="labels",
        against="truth",
        direction=1,
        range=(0.0, 1.0),
        chance=None,
        symmetric=False,
        chance_corrected=False,
        duplication_invariant=True,
        undefined=(*_PAIR, _ONE_CLASS),
        summary="How far each cluster holds one class of the truth; rises with the number of clusters.",
        citation="Rosenberg and Hirschberg (2007), EMNLP-CoNLL, 410",
    ),
    Score(
        name="completeness",
        display="completeness",
        function="rashomon.score.information:completeness",
        needs="labels",
        against="truth",
        direction=1,
        range=(0.0, 1.0),
        chance=None,
        symmetric=False,
        chance_corrected=False,
        duplication_invariant=True,
        undefined=(*_PAIR, _ONE_CLUSTER),
        summary="How far each class of the truth lies in one cluster; falls with the number of clusters.",
        citation="Rosenberg and Hirschberg (2007), EMNLP-CoNLL, 410",
    ),
    Score(
        name="element_centric",
        display="element-centric similarity",
        function="rashomon.score.element:element_centric",
        needs="labels",
        against="truth",
        direction=1,
        range=(0.0, 1.0),
        chance=None,
        symmetric=True,
        chance_corrected=False,
        duplication_invariant=True,
        undefined=_PAIR,
        summary="How alike the two clusters of an item are, averaged over items.",
        citation="Gates, Wood, Hetrick and Ahn (2019), Sci Rep 9:8574",
    ),
    Score(
        name="best_jaccard",
        display="mean best Jaccard",
        function="rashomon.score.jaccard:best_jaccard",
        needs="labels",
        against="truth",
        direction=1,
        range=(0.0, 1.0),
        chance=None,
        symmetric=False,
        chance_corrected=False,
        duplication_invariant=True,
        undefined=_PAIR,
        summary="How well each judged cluster is matched by some class of the truth; every cluster counts once.",
        citation="Hennig (2007), Comput Stat Data Anal 52:258",
    ),
)
"""Every score of two labelings."""
