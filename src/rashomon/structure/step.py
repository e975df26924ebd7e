"""The tests of question 1 as steps of a plan."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import scipy.sparse as sp

from rashomon.core import Step
from rashomon.structure.judged_tree import MAX_CELLS, JudgedSplit, JudgedTree, split_significance
from rashomon.structure.node import NodeTest, node_test

__all__ = ["crossed", "packed_root", "packed_tree", "root_step", "tree_step", "unpack_root", "unpack_tree"]


def root_step(roles: Sequence[str]) -> Step:
    """Return the step that tests all cells; it writes ``root``, see `unpack_root`.

    Parameters
    ----------
    roles
        Slots of the codes within which residuals are centred: ``batch``, ``donor``.
    """
    return Step("structure_root", f"{__name__}:packed_root", ("x", *roles), ("root",), stochastic=True,
                summary="Structure, groups or a gradient: all cells.")  # fmt: skip


def tree_step(roles: Sequence[str], labels: str = "types") -> Step:
    """Return the step that tests every split of a clustering; it writes ``tree``, see `unpack_tree`.

    Parameters
    ----------
    roles
        See `root_step`.
    labels
        Slot of the codes of the clusters.
    """
    return Step("structure_tree", f"{__name__}:packed_tree", ("x", labels, *roles), ("tree",), stochastic=True,
                summary="A gap along every split of the clusters, or none.")  # fmt: skip


def packed_root(x: sp.csr_matrix, *roles: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the test of all cells, or of a random part of many, as bytes.

    Parameters
    ----------
    x
        Raw counts, CSR, shape ``(n, n_genes)``.
    *roles
        Codes, each of shape ``(n,)``.
    rng
        Random numbers of the test.
    """
    batch = crossed(roles)
    if x.shape[0] > MAX_CELLS:
        rows = np.sort(rng.choice(x.shape[0], MAX_CELLS, replace=False))
        x, batch = x[rows], None if batch is None else batch[rows]
    return _packed(asdict(node_test(x, batch=batch, rng=rng)))


def packed_tree(x: sp.csr_matrix, labels: np.ndarray, *roles: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the tests of all splits as bytes.

    Parameters
    ----------
    x
        Raw counts, CSR, shape ``(n, n_genes)``.
    labels
        Codes of the clusters, shape ``(n,)``.
    *roles
        Codes, each of shape ``(n,)``.
    rng
        Random numbers of the tests.
    """
    tree = split_significance(x, labels, batch=crossed(roles), rng=rng)
    splits = {name: [split.as_dict() for split in getattr(tree, name)] for name in ("nodes", "pairs")}
    return _packed({**vars(tree), **splits})


def unpack_root(packed: np.ndarray) -> NodeTest:
    """Return the test that `packed_root` packed.

    Parameters
    ----------
    packed
        Its bytes, ``uint8``.
    """
    return NodeTest(**_unpacked(packed))


def unpack_tree(packed: np.ndarray) -> JudgedTree:
    """Return the tests that `packed_tree` packed.

    Parameters
    ----------
    packed
        Its bytes, ``uint8``.
    """
    found = _unpacked(packed)
    nodes, pairs = (tuple(_split(each) for each in found[name]) for name in ("nodes", "pairs"))
    return JudgedTree(
        nodes,
        pairs,
        clusters=tuple(found["clusters"]),
        distance=tuple(map(tuple, found["distance"])),
        n_used=found["n_used"],
        n_cells=found["n_cells"],
    )


def crossed(roles: Sequence[np.ndarray]) -> np.ndarray | None:
    """Return one code for every combination of codes; None without any.

    Parameters
    ----------
    roles
        Codes, each of shape ``(n,)``.

    Examples
    --------
    >>> crossed([np.array([0, 0, 1]), np.array([0, 1, 1])])
    array([0, 1, 2])
    """
    if not roles:
        return None
    return np.unique(np.stack(roles, axis=1), axis=0, return_inverse=True)[1].ravel()


def _split(found: dict[str, Any]) -> JudgedSplit:
    tuples = {name: tuple(found[name]) for name in ("left", "right", "wrong")}
    contact = found["contact"]
    return JudgedSplit(**{**found, **tuples, "contact": contact if contact is None else tuple(contact)})


def _packed(facts: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)


def _unpacked(packed: np.ndarray) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(packed.tobytes())
    return facts
