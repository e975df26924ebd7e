"""Draw which knob breaks which score first, from the folder of a benchmark study: the figures of the documentation."""

import argparse
from pathlib import Path

import pandas as pd

from rashomon import pl

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", type=Path)
    parser.add_argument("figure", type=Path)
    arguments = parser.parse_args()
    tables = {file.stem: pd.read_parquet(file) for file in (arguments.study / "tables").glob("*.parquet")}
    pl.break_points(tables, show=False, save=arguments.figure)
    print(f"{arguments.figure} is drawn")
