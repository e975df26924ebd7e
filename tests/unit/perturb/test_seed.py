from rashomon.perturb.seed import plan_seeds


def test_seeds_are_distinct_and_fit_every_clusterer(rng):
    """Seeds differ and lie in [0, 2**31), which igraph, scikit-learn and leidenalg accept."""
    seeds = [params["seed"] for params in plan_seeds(50, donors=None, rng=rng)]
    assert len(set(seeds)) == 50
    assert all(type(seed) is int and 0 <= seed < 2**31 for seed in seeds)
