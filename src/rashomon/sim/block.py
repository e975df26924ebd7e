"""Blocks of cells: drawn one by one, in order, by as many threads as allowed, each the same when drawn alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import scipy.sparse as sp

from rashomon.core import Listener, Progress, silent
from rashomon.core.thread import n_threads
from rashomon.sim.count import Mixture, draw_counts
from rashomon.sim.expression.rate import mixture
from rashomon.sim.node import Scene

__all__ = ["block_size", "blocks", "cell_mixture", "draw_block"]

_ENTRIES = 2**19
"""Entries of a block: its rates stay in the cache of a core."""


def block_size(n_genes: int) -> int:
    """Return how many cells are drawn at once; what is drawn does not depend on it.

    Examples
    --------
    >>> block_size(2000), block_size(10_000_000)
    (262, 1)
    """
    return max(1, _ENTRIES // max(n_genes, 1))


def cell_mixture(scene: Scene) -> Mixture:
    """Return what the expected counts of the cells in play are made of, second cells of doublets included.

    Parameters
    ----------
    scene
        From `Scene.cells`.
    """
    double = np.asarray(scene["doublet"], dtype=bool)
    return mixture(scene, _partners(scene) if double.any() else None)


def _partners(scene: Scene) -> Scene:
    second = scene["second_cell"]
    given = {"donor": second[:, 0], "type": second[:, 1], "batch": scene["batch"]}
    return scene.cells(scene.units, role="second cell", given=given)


def draw_block(scene: Scene, units: np.ndarray) -> sp.csr_matrix:
    """Return the counts of the cells numbered `units`, shape ``(n_cells, n_genes)``.

    Parameters
    ----------
    scene
        With all tables played.
    units
        Numbers of cells.

    Notes
    -----
    Cost: linear in cells x genes (a hash and a comparison per entry), whatever the sparsity.
    """
    cells = scene.cells(units)
    return draw_counts(
        cell_mixture(cells),
        scene["gene_dispersion"],
        cells=units,
        root=scene.root,
        extra_zeros=float(scene.knobs["extra_zeros"]),
    )


def blocks(scene: Scene, *, listener: Listener = silent) -> Iterator[sp.csr_matrix]:
    """Yield the counts of all cells of a world, block after block; no more than a few blocks are held at once.

    Parameters
    ----------
    scene
        With all tables played.
    listener
        Told how many cells are done.
    """
    size, n_obs, threads = block_size(scene.n("gene")), scene.n_obs, n_threads()
    starts = iter(range(0, n_obs, size))
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[sp.csr_matrix]] = deque()

        def hand_out() -> None:
            start = next(starts, None)
            if start is not None:
                waiting.append(pool.submit(draw_block, scene, np.arange(start, min(start + size, n_obs))))

        for _ in range(2 * threads):
            hand_out()
        while waiting:
            block = waiting.popleft().result()
            hand_out()
            done += block.shape[0]
            listener(Progress("cells", done, n_obs))
            yield block
