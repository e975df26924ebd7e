"""What is planted, and what carries a motif by accident, is as frequent as the report says beforehand."""

import numpy as np
import pytest
from scipy.stats import kstest, norm

from rashomon.sim.motif import (
    Background,
    Epitope,
    Motif,
    Repertoires,
    assign,
    ends_of,
    entangle,
    feasibility,
    implant,
    make_motifs,
    mutual_information,
    pgen_shift,
    pick,
    read_motif,
)
from rashomon.sim.motif.entangle import conditional
from rashomon.sim.stream import stream_key, uniforms
from rashomon.sim.vdj import pgen, recombination_model, recombine

SEED, N_DONORS, N_CLONES, BINDER_SHARE, N_BACKGROUND = 711, 40, 5_000, 0.04, 400_000
LOCI = {"alpha": "TRA", "beta": "TRB"}
FALSE_ALARM = 0.001


def chains(arm, role, units):
    """Human chains of one arm, with the residues at their ends that stay."""
    found = recombine(recombination_model("human", LOCI[arm]), stream_key(SEED, arm, role), units)
    v_keep, j_keep = ends_of(found, v_most=4, j_most=5)
    return found, np.maximum(v_keep, 3), np.maximum(j_keep, 3)


def epitopes():
    """One of each arm, with motifs of three or four residues, gaps and mismatches; and one of matrices, as texts."""
    beta = make_motifs(stream_key(SEED, "beta"), 3, length=4, gap_share=0.5, mismatches=(0.6, 0.4), prefix="b")
    alpha = make_motifs(stream_key(SEED, "alpha"), 2, length=3, prefix="a")
    texts = "pwm:[N.6D.4]P[G.5A.3X.2]W", "pwm:[S.7T.3]XY[G.5A.5] min_score=5"
    matrices = tuple(read_motif(text, name=f"w{number}") for number, text in enumerate(texts, 1))
    return [
        Epitope("in alpha", "A*02:01", "alpha", alpha=alpha, orphan_share=0.6),
        Epitope("in beta", "A*02:01", "beta", beta=beta, orphan_share=0.5),
        Epitope("in both", "A*02:01", "both", alpha, beta, orphan_share=0.7),
        Epitope("in a pair", "A*02:01", "pair", alpha, beta[:2], orphan_share=0.5),
        Epitope("in matrices", "A*02:01", "both", matrices[:1], matrices, orphan_share=0.6),
    ]


def simulate(epitope):
    """Clones of all donors with what was planted: by arm, which motif, and which motifs are found."""
    units = np.arange(N_DONORS * N_CLONES)
    binds = uniforms(stream_key(SEED, epitope.name, "binds"), units)[:, 0] < BINDER_SHARE
    who = assign(epitope, binds=binds, key=stream_key(SEED, epitope.name), units=units)
    planted, found = {}, {}
    for arm in ("alpha", "beta"):
        motifs, wanted = getattr(epitope, arm), getattr(who, arm)
        if not motifs:
            continue
        generated, v_keep, j_keep = chains(arm, epitope.name, units)
        texts, planted[arm] = generated.junction_aa, np.full(units.size, -1)
        for code, motif in enumerate(motifs):
            rows = np.flatnonzero(wanted == code)
            draw, key = (stream_key(SEED, epitope.name, arm, motif.name, what) for what in ("motif", "place"))
            after = implant(
                generated.junction[rows], texts[rows], motif.draw(draw, rows), key=key, units=rows,
                v_keep=v_keep[rows], j_keep=j_keep[rows],
            )  # fmt: skip
            width = max(texts.dtype.itemsize, after.junction_aa.dtype.itemsize)
            texts = texts.astype(f"S{width}")
            texts[rows] = after.junction_aa
            planted[arm][rows[after.planted]] = code
        found[arm] = np.stack([motif.found_in(texts)[0] for motif in motifs])
    return binds, planted, found


def counted(epitope, row, binds, planted, found):
    """Clones of all donors for a row of the report: planted, decoys, accidental."""
    if row["arm"] != "pair":
        motifs = [motif.name for motif in getattr(epitope, row["arm"])]
        code = motifs.index(row["motif"])
        mine = planted[row["arm"]] == code
        return (mine & binds).sum(), (mine & ~binds).sum(), (found[row["arm"]][code] & ~mine).sum()
    code = [motif.name for motif in epitope.alpha].index(row["motif"].partition(" + ")[0])
    halves = [planted[arm] == code for arm in ("alpha", "beta")]
    both = found["alpha"][code] & found["beta"][code]
    true = halves[0] & halves[1]
    decoys = (halves[0] ^ halves[1]) & ~binds
    return true.sum(), decoys.sum(), (both & ~true).sum()


@pytest.mark.statistical
def test_expected_counts_come_true(record):
    """Planted, decoy and accidental clones of forty donors lie about the report's expectations as chance has it.

    Each difference is divided by its standard error, Poisson of the count and of the background; the largest of all is
    compared with the normal quantile of a false alarm of 0.1 % over all of them (Bonferroni).
    """
    backgrounds = {}
    for arm in LOCI:
        generated, v_keep, j_keep = chains(arm, "background", np.arange(N_BACKGROUND))
        backgrounds[arm] = Background(generated.junction_aa, v_keep=v_keep, j_keep=j_keep)
    donors = Repertoires(N_DONORS, {"A*02:01": N_DONORS}, clones_per_donor=N_CLONES, binder_share=BINDER_SHARE)
    scores, figures = [], {}
    for epitope in epitopes():
        table = feasibility([epitope], backgrounds, repertoires=donors)
        told = simulate(epitope)
        for _, row in table.iterrows():
            seen = counted(epitope, row, *told)
            for name, count in zip(("planted", "decoys", "accidental"), seen, strict=True):
                expected = N_DONORS * row[name]
                if expected == 0:
                    assert count == 0
                    continue
                noise = expected + (expected**2 / max(row["n_found"], 1) if name == "accidental" else 0.0)
                scores.append(abs(count - expected) / np.sqrt(noise))
                figures[f"{epitope.name}, {row['arm']}, {row['motif']}, {name}"] = [int(count), round(expected, 1)]
    worst = float(max(scores))
    record(
        "feasibility", claim="expected counts of planted and accidental carriers equal simulated ones", seed=SEED,
        figures={"counts_seen_and_expected": figures, "largest_z": worst, "n_counts": len(scores)},
    )  # fmt: skip
    assert len(scores) > 25
    assert worst < norm.ppf(1 - FALSE_ALARM / (2 * len(scores)))


@pytest.mark.statistical
def test_picked_receptors_have_honest_rates(record):
    """Exact intervals of the rate of a motif, from trials that stop at ten hits, hold it in 95 % of 300 repeats."""
    model, motif = recombination_model("human", "TRB"), Motif("m", "GGG")

    def generate(role):
        return lambda units: (recombine(model, stream_key(SEED, role), units).junction_aa, None, None)

    truth = motif.found_in(generate("truth")(np.arange(2_000_000))[0])[0].mean()
    held, rates = 0, []
    for repeat in range(300):
        found = pick(motif, generate(f"repeat{repeat}"), 10, n_most=65_536)
        held += found.low <= truth <= found.high
        rates.append(found.rate)
    error = float(np.std(rates) / np.sqrt(300))
    record(
        "motif_rate", claim="rates of motifs from conditional sampling are unbiased, their intervals hold", seed=SEED,
        figures={"truth": float(truth), "mean": float(np.mean(rates)), "standard_error": error, "held": held / 300},
    )  # fmt: skip
    assert abs(np.mean(rates) - truth) < 4 * error
    # 0.1 % quantile of 300 draws at 95 %
    assert held >= 271


@pytest.mark.statistical
def test_planted_receptors_are_as_rare_as_natural_carriers(record):
    """Implanting a rare motif lowers log10 Pgen to that of receptors that carry it by themselves, within one unit."""
    model, motif = recombination_model("human", "TRB"), Motif("m", "YWN", window=(4, 4))
    key = stream_key(SEED, "shift")
    generated, v_keep, j_keep = chains("beta", "shift", np.arange(600))
    after = implant(
        generated.junction, generated.junction_aa, motif.draw(key, np.arange(600)), key=key, units=np.arange(600),
        v_keep=np.maximum(v_keep, 4), j_keep=np.maximum(j_keep, 4),
    )  # fmt: skip
    shift = pgen_shift(model, generated.junction_aa, after.junction_aa, pgen=pgen, n_most=300, key=key)

    def generate(units):
        return recombine(model, key, units).junction_aa, None, None

    picked = pick(motif, generate, 60, n_most=1_500_000)
    natural = pgen(model, generate(picked.units)[0])
    record(
        "pgen_shift", claim="log10 Pgen of implanted receptors is lower than before", seed=SEED,
        figures={
            "median_shift": shift.median, "lost_frac": shift.lost_frac, "rate": picked.rate,
            "median_before": float(np.median(shift.before)), "median_after": float(np.median(shift.after)),
            "median_of_natural_carriers": float(np.median(natural)),
            "ks_implanted_and_natural": float(kstest(shift.after, natural).statistic),
        },
    )  # fmt: skip
    assert picked.complete
    assert shift.median < -0.5
    assert abs(np.median(shift.after) - np.median(natural)) < 1


@pytest.mark.statistical
def test_drawn_labels_have_the_information_of_the_table(record):
    """Genes drawn given the epitope have the mutual information of the table, at each strength."""
    rng = np.random.default_rng(SEED)
    rows, columns = np.array([0.5, 0.3, 0.2]), rng.dirichlet(np.ones(30))
    figures = {}
    for strength in (0.0, 0.3, 0.6, 1.0):
        joint = entangle(strength, rows, columns, affinity=rng.normal(size=(3, 30)))
        first = rng.choice(3, 200_000, p=rows)
        chance = rng.random(200_000)
        second = (np.cumsum(conditional(joint), axis=1)[first] < chance[:, None]).sum(axis=1).clip(max=29)
        seen = np.histogram2d(first, second, bins=(np.arange(4), np.arange(31)))[0] / 200_000
        # the plug-in estimate is too large by about (rows - 1)(columns - 1) / (2 n ln 2)
        told = mutual_information(seen) - 58 / (2 * 200_000 * np.log(2)) * (strength < 1)
        figures[str(strength)] = [mutual_information(joint), told]
        assert told == pytest.approx(mutual_information(joint), abs=0.008)
    record("entanglement", claim="drawn labels have the information of the table", seed=SEED, figures=figures)
