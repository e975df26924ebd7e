"""Question 6: which score can be believed on these data."""
