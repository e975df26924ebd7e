"""Question 4: which choices drive the answer."""
