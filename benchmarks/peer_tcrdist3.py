"""TCRdist by tcrdist3; run by a Python of its own, since its dependencies are none of ours."""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path
from typing import Any

from result import peak_mib


def compute(asked: argparse.Namespace) -> dict[str, Any]:
    """Compute the full matrix, write it, and return seconds and memory."""
    import numpy as np
    import pandas as pd
    from tcrdist.repertoire import TCRrep

    cells = pd.read_csv(asked.receptors, sep="\t").assign(j_b_gene="TRBJ2-7*01", count=1)
    begun = time.perf_counter()
    table = TCRrep(
        cell_df=cells, organism="human", chains=["beta"], db_file="alphabeta_gammadelta_db.tsv",
        deduplicate=False, compute_distances=False,
    )  # fmt: skip
    table.cpus = asked.threads
    built = time.perf_counter()
    # its compiled loops, as far as they outlive a call; the time is told, since every call pays a part of it again
    table.compute_rect_distances(df=table.clone_df.iloc[:50], df2=table.clone_df.iloc[:50])
    ready = time.perf_counter()
    table.compute_distances()
    done = time.perf_counter()
    if list(table.clone_df["cdr3_b_aa"]) != list(cells["cdr3_b_aa"]):
        sys.exit("tcrdist3 put the receptors in another order, or left some out")
    peak = peak_mib()
    np.save(asked.output, np.asarray(table.pw_beta, dtype=np.int16))
    return {
        "version": version("tcrdist3"),
        "seconds": round(done - ready, 3),
        "small_seconds": round(ready - built, 3),
        "build_seconds": round(built - begun, 3),
        "dtype": str(table.pw_beta.dtype),
        "peak_mib": round(peak, 1),
    }


def main() -> None:
    """Compute, and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("receptors", type=Path, help="table with cdr3_b_aa and v_b_gene, tab separated")
    parser.add_argument("output", type=Path, help="npy of the distances")
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    with redirect_stdout(sys.stderr), warnings.catch_warnings():
        # of its own dependencies
        warnings.simplefilter("ignore")
        said = compute(asked)
    print(json.dumps(said))


if __name__ == "__main__":
    main()
