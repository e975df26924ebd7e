"""One card per cluster: the word of all questions together."""
