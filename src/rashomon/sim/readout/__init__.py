"""What a machine makes of receptor chains: counts, losses, molecules of others, wrong bases and uncertain genes.

Each function takes a `ChainTable` and returns another; at its neutral value it returns the chains as they are. A world
plays them in this order: `doublet_chains`, `umi_counts`, `primer_bias`, `dropout`, `ambient_chains`, `pcr_copies`,
`index_hop`, `sequence_error`, `missing_allele`, `unresolved_v`; at last `ChainTable.merged` joins what no
machine can tell apart, and `ChainTable.seen` leaves out what has no molecule.
"""

from __future__ import annotations

from rashomon.sim.readout.ambient_chain import ambient_chains
from rashomon.sim.readout.chain_table import SOURCES, ChainTable, own_chains
from rashomon.sim.readout.doublet_chain import doublet_chains, second_cells
from rashomon.sim.readout.dropout import dropout
from rashomon.sim.readout.index_hop import index_hop
from rashomon.sim.readout.missing_allele import draw_missing, missing_allele, nearest_alleles
from rashomon.sim.readout.pcr_copy import pcr_copies
from rashomon.sim.readout.primer_bias import primer_bias
from rashomon.sim.readout.sequence_error import sequence_error
from rashomon.sim.readout.umi_count import umi_counts
from rashomon.sim.readout.unresolved_v import family_calls, short_read_calls, unresolved_v

__all__ = [
    "SOURCES",
    "ChainTable",
    "ambient_chains",
    "doublet_chains",
    "draw_missing",
    "dropout",
    "family_calls",
    "index_hop",
    "missing_allele",
    "nearest_alleles",
    "own_chains",
    "pcr_copies",
    "primer_bias",
    "second_cells",
    "sequence_error",
    "short_read_calls",
    "umi_counts",
    "unresolved_v",
]
