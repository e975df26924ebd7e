"""Draw the power of question 1 beside two published rules, from the result of its benchmark: a figure of the docs."""

import argparse
import json
import re
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt

from rashomon import pl

RULES = {
    "question 1, groups": ("question 1, “groups”", "#0072B2", "-"),
    "question 1, structure": ("question 1, “structure”", "#0072B2", ":"),
    "recall-like": ("statistic of recall", "#D55E00", "--"),
    "sc-SHC-like": ("statistic of sc-SHC", "#767676", "-."),
}
PANELS = {
    r"power, 8 markers, log2 ([\d.]+)": "8 markers, half of 400 cells",
    r"power, 10 % of the cells, 8 markers, log2 ([\d.]+)": "8 markers, 100 of 1,000 cells",
    r"power, sparse, 10 markers, log2 ([\d.]+)": "10 markers, 400 counts per cell",
}
WITHOUT = {"depth": "two depths", "heavy": "heavy tails", "line": "a line", "circle": "a circle"}


def rates(checks: list[dict[str, Any]], pattern: str) -> list[tuple[str, dict[str, float]]]:
    """Return the matched part and the rate of each rule, for every check whose name fits."""
    found = []
    for check in checks:
        name = re.fullmatch(pattern + r" \(\d+\)", check["what"])
        if name:
            said = re.findall(rf"({'|'.join(map(re.escape, RULES))}) ([\d.]+)", check["value"])
            found.append((name[1], {rule: float(rate) for rule, rate in said}))
    return found


def draw(checks: list[dict[str, Any]], n_sets: int) -> Any:
    """Draw the panels and return the figure."""
    figure, axes = plt.subplots(1, 4, figsize=(13, 3.6), sharey=True, constrained_layout=True)
    for ax, (pattern, title) in zip(axes, PANELS.items(), strict=False):
        found = rates(checks, pattern)
        for rule, (label, colour, line) in RULES.items():
            ax.plot([float(fold) for fold, _ in found], [value[rule] for _, value in found], line, color=colour,
                    marker="o", label=label)  # fmt: skip
        ax.set(title=title, xlabel="fold of the markers, log2", ylim=(-0.03, 1.03))
    found = rates(checks, r"called groups though there are none, (\w+)")
    for i, (rule, (_, colour, line)) in enumerate(RULES.items()):
        where = [number + (i - 1.5) * 0.2 for number in range(len(found))]
        axes[3].bar(where, [value[rule] for _, value in found], 0.18, color="white" if line == ":" else colour,
                    edgecolor=colour, hatch="..." if line == ":" else None)  # fmt: skip
    axes[3].set_xticks(range(len(found)), [WITHOUT[kind] for kind, _ in found])
    axes[3].set_title("no groups: false calls")
    axes[0].set_ylabel(f"share of {n_sets} data sets")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False)
    return figure


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("result", type=Path, help="structure_power.json")
    parser.add_argument("figure", type=Path)
    arguments = parser.parse_args()
    result = json.loads(arguments.result.read_text(encoding="utf-8"))
    with pl.house_style():
        draw(result["checks"], result["parameters"]["sets"]).savefig(arguments.figure, dpi=120)
    print(f"{arguments.figure} is drawn")
