"""Small repertoires of a law with two genes, as they come and as a comparison prepares them."""

import numpy as np

from rashomon.sim.repertoire_realism.prepared import Prepared, Setting
from rashomon.sim.repertoire_realism.repertoire import Repertoire


def receptors(n, rng, *, p_v=0.5, letters="ADEGKLNQRST", counts=False, donor=""):
    """Junctions of 8 to 12 random residues between anchors; V is TRBV2 with chance `p_v`, else TRBV9."""
    inner = [rng.choice(list(letters), rng.integers(8, 13)) for _ in range(n)]
    v = np.where(rng.random(n) < p_v, "TRBV2", "TRBV9")
    sizes = rng.geometric(0.4, n) if counts else None
    return Repertoire(
        ["C" + "".join(one) + "F" for one in inner], v, rng.choice(["TRBJ1-1", "TRBJ2-7"], n), sizes, donor
    )


def prepared(*repertoires, n=None, depth=0, **given):
    """Repertoires with a common setting, as the comparison prepares them."""
    made = [one.distinct() for one in repertoires]
    names = [np.unique(np.concatenate([getattr(one, part) for one in made])) for part in ("v", "j")]
    size = min(one.n for one in made) if n is None else n
    setting = Setting(size, depth, *names, 7, **given)
    pairs = zip(made, repertoires, strict=True)
    return [Prepared(one, f"r {i}", setting, raw.counts is not None) for i, (one, raw) in enumerate(pairs)]
