"""Independent components of whitened scores."""

import numpy as np
from sklearn.decomposition import FastICA

from rashomon.structure.component_ica import independent_rotation


def whitened(columns):
    """Left singular vectors, scaled to variance 1."""
    left = np.linalg.svd(columns - columns.mean(axis=0), full_matrices=False)[0]
    return np.ascontiguousarray(left * np.sqrt(len(columns)))


def test_is_a_rotation(rng):
    """The rotation is orthogonal, so components are whitened too."""
    rotation = independent_rotation(whitened(rng.normal(size=(80, 5))), rng=rng)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(5), atol=1e-10)


def test_finds_what_another_implementation_finds(rng):
    """Three sources are found, as scikit-learn's FastICA finds them, up to order and sign."""
    sources = np.column_stack([rng.uniform(-1, 1, 2000), rng.laplace(size=2000), rng.choice([-1.0, 1.0], 2000)])
    sources[:, 2] += rng.normal(0, 0.3, 2000)
    scores = whitened(sources @ rng.normal(size=(3, 3)))
    ours = scores @ independent_rotation(scores, rng=rng).T
    theirs = FastICA(whiten=False, random_state=0, max_iter=1000).fit_transform(scores)
    assert (np.abs(np.corrcoef(ours.T, sources.T)[:3, 3:]).max(axis=0) > 0.99).all()
    assert (np.abs(np.corrcoef(ours.T, theirs.T)[:3, 3:]).max(axis=0) > 0.99).all()


def test_equal_streams_give_equal_rotations(rng):
    """The search depends on nothing but the scores and the stream."""
    scores = whitened(rng.normal(size=(60, 4)))
    first, second = (independent_rotation(scores, rng=np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
