"""Question 3: whose truth do the clusters follow."""
