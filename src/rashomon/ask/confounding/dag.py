"""The causal diagram a user declares over columns, a default one, and which columns close the back doors."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from rashomon.core import UsageError, did_you_mean, first_few

__all__ = ["CLUSTERS", "COUNTS", "Adjustment", "Dag", "declared_dag", "offered_dag", "parse_arrows"]

CLUSTERS = "clusters"
"""Node of the clusters on trial."""

COUNTS = "measured counts"
"""Node of what the clusters were made from; never adjusted for, since it lies between every cause and the clusters."""

_ARROW = "->"


@dataclass(frozen=True)
class Adjustment:
    """What has to be held fixed before a column can be said to act on the clusters.

    Parameters
    ----------
    cause
        The column.
    columns
        A smallest set of declared columns that closes every back door; empty where none is open.
    possible
        Whether declared columns can close them at all.
    reason
        Why not; empty where they can.
    """

    cause: str
    columns: tuple[str, ...]
    possible: bool = True
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Dag:
    """Arrows between columns: what is thought to act on what.

    Parameters
    ----------
    arrows
        Pairs (cause, effect), in the order in which they were given.
    observed
        Nodes that are columns, so that they can be held fixed.
    declared
        Whether the user drew it; otherwise it is the one that is offered.
    """

    arrows: tuple[tuple[str, str], ...]
    observed: tuple[str, ...]
    declared: bool = False

    @property
    def graph(self) -> nx.DiGraph[str]:
        """The diagram for networkx."""
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from([*self.observed, CLUSTERS])
        graph.add_edges_from(self.arrows)
        return graph

    def lines(self) -> tuple[str, ...]:
        """Return the arrows as text, the effects of one cause in one line."""
        of: dict[str, list[str]] = {}
        for cause, effect in self.arrows:
            of.setdefault(cause, []).append(effect)
        return tuple(f"{cause} {_ARROW} {', '.join(effects)}" for cause, effects in of.items())

    def adjustment(self, cause: str) -> Adjustment:
        """Return a minimal back-door set of `cause` and the clusters (Pearl 2009, section 3.3).

        Parameters
        ----------
        cause
            A column of the diagram.

        Raises
        ------
        UsageError
            When there is no such column.

        Examples
        --------
        >>> arrows = (("donor", "type"), ("donor", "batch"), ("batch", "clusters"), ("type", "clusters"))
        >>> dag = Dag(arrows, ("donor", "batch", "type"))
        >>> dag.adjustment("type").columns, dag.adjustment("donor").columns
        (('donor',), ())
        """
        graph = self.graph
        if cause not in graph or cause == CLUSTERS:
            raise UsageError(
                f"{cause!r} is no column of the diagram", where="dag", fix=did_you_mean(cause, self.observed)
            )
        open_doors = graph.copy()
        open_doors.remove_edges_from(list(graph.out_edges(cause)))
        allowed = set(self.observed) - nx.descendants(graph, cause) - {cause, CLUSTERS}
        found = nx.find_minimal_d_separator(open_doors, cause, CLUSTERS, restricted=allowed)
        if found is None:
            reason = f"no declared column closes every back door between {cause} and the clusters"
            return Adjustment(cause, (), possible=False, reason=reason)
        return Adjustment(cause, tuple(name for name in self.observed if name in found))


def parse_arrows(given: Iterable[str | tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return arrows as pairs.

    Parameters
    ----------
    given
        Pairs (cause, effect), or texts ``"donor -> batch"``; a chain ``"a -> b -> c"`` is two arrows.

    Raises
    ------
    UsageError
        When a text holds no arrow, or a name is empty.

    Examples
    --------
    >>> parse_arrows(["donor -> batch -> clusters", ("type", "clusters")])
    (('donor', 'batch'), ('batch', 'clusters'), ('type', 'clusters'))
    """
    found: list[tuple[str, str]] = []
    for each in given:
        names = [part.strip() for part in (each.split(_ARROW) if isinstance(each, str) else each)]
        if len(names) < 2 or not all(names):
            raise UsageError(
                f"{each!r} is no arrow",
                where="dag",
                expected="pairs of names, or texts such as 'donor -> batch'",
                fix="write one cause and one effect",
            )
        found += pairwise(names)
    return tuple(found)


def declared_dag(given: Iterable[str | tuple[str, str]], *, columns: Collection[str]) -> Dag:
    """Return the diagram of a user.

    Parameters
    ----------
    given
        See `parse_arrows`. ``clusters`` and ``measured counts`` may take part beside the columns.
    columns
        Declared columns: label columns, roles, and measured nuisances.

    Raises
    ------
    UsageError
        When a name is unknown, the arrows run in a circle, or the clusters are a cause.

    Examples
    --------
    >>> declared_dag(["donor -> batch", "batch -> clusters"], columns=["donor", "batch"]).lines()
    ('donor -> batch', 'batch -> clusters')
    """
    arrows = parse_arrows(given)
    known = [*columns, CLUSTERS, COUNTS]
    unknown = next((name for arrow in arrows for name in arrow if name not in known), None)
    if unknown is not None:
        raise UsageError(
            f"the diagram names {unknown!r}, which was not declared",
            where="dag",
            expected=f"one of {first_few(known, n=12)}",
            fix=did_you_mean(unknown, known),
        )
    dag = Dag(arrows, tuple(columns), declared=True)
    if not nx.is_directed_acyclic_graph(dag.graph):
        circle = [cause for cause, _ in nx.find_cycle(dag.graph)]
        raise UsageError(
            f"the arrows run in a circle: {f' {_ARROW} '.join([*circle, circle[0]])}",
            where="dag",
            expected="arrows from causes to effects",
            fix="leave one of them out",
        )
    if dag.graph.out_degree(CLUSTERS):
        raise UsageError("the clusters are the cause of something", where="dag", fix="let no arrow start at 'clusters'")
    return dag


def offered_dag(*, roles: Mapping[str, str], truths: Iterable[str], measured: Iterable[str] = ()) -> Dag:
    """Return the diagram that is offered where none was declared.

    Donors differ in their cells and are processed in samples and batches; the condition changes cells; label columns
    say what cells are, and so make clusters; batches and what was measured of each cell act through the counts.

    Parameters
    ----------
    roles
        Column of each role that was declared: ``{"donor": "patient"}``.
    truths
        Names of the label columns.
    measured
        Names of nuisances measured per cell: ``"total counts"``.

    Examples
    --------
    >>> dag = offered_dag(roles={"donor": "patient", "batch": "lane"}, truths=["type"])
    >>> dag.lines()
    ('patient -> lane, type', 'lane -> measured counts', 'type -> clusters', 'measured counts -> clusters')
    >>> dag.adjustment("type").columns
    ('patient',)
    """
    labels = [name for name in truths if name not in roles.values()]
    processing = [roles[role] for role in ("sample", "batch") if role in roles]
    arrows: list[tuple[str, str]] = []
    if "donor" in roles:
        arrows += [(roles["donor"], name) for name in (*processing, *labels)]
    if "condition" in roles:
        arrows += [(roles["condition"], name) for name in (*labels, CLUSTERS)]
    if len(processing) == 2:
        arrows.append((processing[0], processing[1]))
    arrows += [(name, COUNTS) for name in (*processing, *measured)]
    arrows += [(name, CLUSTERS) for name in labels]
    arrows.append((COUNTS, CLUSTERS))
    columns = tuple(dict.fromkeys([*roles.values(), *labels, *measured]))
    # one column in two roles would be its own cause
    return Dag(tuple(dict.fromkeys((a, b) for a, b in arrows if a != b)), columns)
