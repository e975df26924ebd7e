"""Question 1: is there structure, and is it groups; and what the pipeline makes of one population."""
