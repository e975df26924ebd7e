"""Small data sets of receptors for tests: planted families of close junctions, donors, labels."""

import numpy as np
import pandas as pd

from rashomon.dataset import Dataset, GeneCalls, Receptors, Roles, Truth, locus_codes

RESIDUES = np.array(list("ADEGHKLNPQRSTVWY"))


def receptors(aa, *, v=None, j=None, obs=None, locus="TRB", nt=None, count=None, productive=None):
    """Chains from lists; what is not given is the same for all."""
    n = len(aa)

    def calls(values, default):
        return GeneCalls.from_texts([default] * n if values is None else values)

    loci = [locus] * n if isinstance(locus, str) else locus
    return Receptors(
        obs=np.arange(n) if obs is None else np.asarray(obs),
        locus=locus_codes(np.array(loci)),
        junction_aa=np.array([text.encode() for text in aa], dtype="S"),
        junction=np.array([text.encode() for text in (nt or [""] * n)], dtype="S"),
        v=calls(v, "TRBV9*01"),
        j=calls(j, "TRBJ1-1*01"),
        v_raw=calls(v, "TRBV9*01"),
        j_raw=calls(j, "TRBJ1-1*01"),
        d=GeneCalls.from_texts([""] * n),
        c=GeneCalls.from_texts([""] * n),
        count=np.full(n, np.nan) if count is None else np.asarray(count, dtype=float),
        productive=np.ones(n, dtype=np.int8) if productive is None else np.asarray(productive, dtype=np.int8),
        species="human",
    )


def table(chains, n_obs=None, *, donor=None, batch=None, item="row", **labels):
    """A data set of chains, one row each unless `n_obs` says otherwise, with label columns."""
    n = chains.n_chains if n_obs is None else n_obs
    columns = {
        name: values for name, values in {"donor": donor, "batch": batch, **labels}.items() if values is not None
    }
    obs = pd.DataFrame(columns, index=[f"r{i}" for i in range(n)], dtype=object)
    truths = {name: Truth.from_series(obs[name], kind="biological", derived_from="external") for name in labels}
    roles = {role: Truth.from_series(obs[role], kind="technical") for role in ("donor", "batch") if role in columns}
    return Dataset(obs, receptors=chains, truths=truths, roles=Roles(**roles), item=item, source="planted")


def planted(rng, *, n_families=8, n_members=12, n_orphans=100, n_donors=4, length=14):
    """Families of junctions one exchange from a seed, each an epitope with a V gene of its own, among orphans."""

    def junction():
        return "CASS" + "".join(rng.choice(RESIDUES, length - 7)) + "EQF"

    aa, epitope, v = [], [], []
    for family in range(n_families):
        seed = junction()
        for _ in range(n_members):
            place = int(rng.integers(4, length - 3))
            aa.append(seed[:place] + str(rng.choice(RESIDUES)) + seed[place + 1 :])
            epitope.append(f"E{family % (n_families // 2)}")
            v.append(f"TRBV{family % 3 + 5}-1*01")
    for _ in range(n_orphans):
        aa.append(junction())
        epitope.append(f"E{rng.integers(n_families // 2)}")
        v.append(f"TRBV{rng.integers(3) + 5}-1*01")
    donor = [f"d{rng.integers(n_donors)}" for _ in aa]
    batch = [f"s{int(name[1:]) // 2}" for name in donor]
    return table(receptors(aa, v=v), donor=donor, batch=batch, epitope=epitope)
