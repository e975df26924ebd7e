"""Scores that judge one labeling by its view or graph, once."""

from __future__ import annotations

from rashomon.score.record import Rule, Score

__all__ = ["VALIDITY"]

_ALONE = (
    Rule("no item is labelled", lambda facts: facts.n_obs == 0),
    Rule("there is one cluster", lambda facts: facts.n_a == 1),
    Rule("every item is its own cluster", lambda facts: facts.n_a == facts.n_obs),
)

VALIDITY: tuple[Score, ...] = (
    Score(
        name="silhouette",
        display="silhouette",
        function="rashomon.score.silhouette:mean_silhouette",
        needs="view",
        against=None,
        direction=1,
        range=(-1.0, 1.0),
        chance=None,
        symmetric=False,
        chance_corrected=False,
        duplication_invariant=False,
        undefined=_ALONE,
        summary="How much closer items are to their own cluster than to the next; favours round, equal clusters.",
        citation="Rousseeuw (1987), J Comput Appl Math 20:53",
    ),
    Score(
        name="modularity",
        display="modularity",
        function="rashomon.score.modularity:weighted_modularity",
        needs="graph",
        against=None,
        direction=1,
        range=(-0.5, 1.0),
        chance=None,
        symmetric=False,
        chance_corrected=False,
        duplication_invariant=True,
        undefined=_ALONE,
        summary="Edge weight inside clusters beyond that of random edges; comparable on one graph only.",
        citation="Newman (2004), Phys Rev E 70:056131; range: Brandes et al. (2008), IEEE TKDE 20:172",
        no_value="no edge joins the items",
    ),
)
"""Every score of one labeling."""
