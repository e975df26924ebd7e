"""Question 2: do the clusters hold; how certain is the label of each cell."""
