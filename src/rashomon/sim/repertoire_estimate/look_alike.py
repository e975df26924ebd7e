"""A twin of a table of receptors: the world from which look-alikes with known labels are drawn."""

from __future__ import annotations

from rashomon.core import RNGLike, Teller, silent
from rashomon.dataset import Dataset
from rashomon.sim.repertoire_estimate.fitted import estimate_receptors
from rashomon.sim.repertoire_estimate.used import choose_receptors
from rashomon.sim.world import World

__all__ = ["fit_receptors"]


def fit_receptors(
    dataset: Dataset,
    labels: str | None = None,
    *,
    donor_key: str | None = None,
    batch_key: str | None = None,
    null: bool = False,
    rng: RNGLike = 0,
    announce: Teller = silent,
) -> World:
    """Return the world that looks most like real receptors.

    Estimated are the shares of donors, the sizes of their clones, V and J by label and donor, a selection of length and
    residues, which labels each donor has, and families of receptors that differ in one residue. What the twin keeps of
    them, and what not, `announce` is told.

    Parameters
    ----------
    dataset
        With receptors: a table, or the chains of cells.
    labels
        A declared truth, or a column, such as the epitope; None: none.
    donor_key, batch_key
        Columns; None: the declared roles.
    null
        Without labels: donors with their V, J, lengths and clones, and families of the sizes that the data have, of
        which nobody knows more than that they are alike. Any label can be planted by the knobs.
    rng
        Seed of what is generated to fit and to calibrate.
    announce
        Told what was decided, in plain words.

    Raises
    ------
    UsageError
        See `rashomon.sim.repertoire_estimate.used.choose_receptors`.
    """
    used = choose_receptors(dataset, labels, donor_key=donor_key, batch_key=batch_key, null=null)
    announce(f"fitting {used.n:,} receptors of {len(used.donor_names)} donors")
    fitted = estimate_receptors(used, rng=rng)
    for note in fitted.notes:
        announce(note)
    kind = ", without labels" if null else ""
    return fitted.world(f"twin of {dataset.source}", f"Fitted to {used.n:,} receptors of {dataset.source}{kind}")
