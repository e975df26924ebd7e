"""Question 5: is it a confounder or an artefact."""
