"""Question 7: could it have been found."""
