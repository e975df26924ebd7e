"""Which cutoff of a sequence distance, given receptors of known specificity."""
