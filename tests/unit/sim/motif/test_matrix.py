import itertools

import numpy as np
import pytest
from scipy.stats import chisquare

from rashomon.core import UsageError
from rashomon.sim.motif.matrix import compile_matrix
from rashomon.sim.motif.residue import RESIDUES, middle_shares
from rashomon.sim.stream import stream_key, uniforms


def sharp(length=3, n_letters=3):
    """A matrix on a few letters with unequal shares."""
    pwm = np.zeros((length, 20))
    pwm[:, :n_letters] = [[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8]][:length]
    return pwm


def words(pwm, matrix):
    """Every word of the matrix, with its probability and its score."""
    for word in itertools.product(range(3), repeat=len(pwm)):
        p = np.prod([pwm[k, letter] for k, letter in enumerate(word)])
        yield word, p, sum(matrix.scores[k, letter] for k, letter in enumerate(word))


def test_scores_are_log_odds_against_the_middle():
    """A score is the rounded log-odds in hundredths of a bit; residues without probability can never be made up for."""
    matrix = compile_matrix(sharp(), min_score=None)
    expected = 100 * np.log2(sharp()[:, :3] / middle_shares()[:3])
    assert (abs(matrix.scores[:, :3] - expected) <= 0.5).all()
    assert (matrix.scores[:, 3:] < -(10**6)).all()


def test_tails_are_those_of_all_words():
    """The probability of a score or more is the sum over all words that reach it."""
    pwm = sharp()
    matrix = compile_matrix(pwm, min_score=None)
    tail, smallest = matrix.tails[0]
    table = list(words(pwm, matrix))
    for score in {s for _, _, s in table}:
        assert tail[score - smallest] == pytest.approx(sum(p for _, p, s in table if s >= score))


def test_the_default_threshold_keeps_95_percent():
    """The default threshold is the largest that 95 % of the draws reach."""
    pwm = sharp()
    matrix = compile_matrix(pwm, min_score=None)
    table = list(words(pwm, matrix))
    assert sum(p for _, p, s in table if s >= matrix.threshold) >= 0.95 - 1e-9
    assert sum(p for _, p, s in table if s > matrix.threshold) < 0.95


def test_draws_are_the_matrix_given_the_threshold():
    """Draws have the frequencies of the words that reach the threshold, scaled to one, and no others occur."""
    pwm = sharp()
    matrix = compile_matrix(pwm, min_score=10.0)
    drawn = matrix.draw(uniforms(stream_key(3, "pwm"), np.arange(20_000), 3))
    kept = [(word, p) for word, p, s in words(pwm, matrix) if s >= matrix.threshold]
    assert 2 < len(kept) < 27
    seen = {word: 0 for word, _ in kept}
    for word in map(tuple, drawn.tolist()):
        seen[word] += 1
    total = sum(p for _, p in kept)
    assert chisquare(list(seen.values()), [20_000 * p / total for _, p in kept]).pvalue > 1e-4


@pytest.mark.parametrize(
    ("pwm", "score"),
    [
        (np.full((1, 20), 0.05), None),
        (np.full((3, 4), 0.25), None),
        (np.full((3, 20), 0.1), None),
        (np.full((3, 20), np.nan), None),
        (np.full((3, 20), 0.05), 99.0),
    ],
)
def test_no_probabilities_and_no_reachable_score_are_refused(pwm, score):
    """Matrices of another shape, rows that do not sum to one, and thresholds that nothing reaches are refused."""
    with pytest.raises(UsageError, match=r"holds no probabilities|no residues reach a score"):
        compile_matrix(pwm, min_score=score)
    assert compile_matrix(np.full((3, 20), 0.05), min_score=None).probabilities.shape == (3, len(RESIDUES))
