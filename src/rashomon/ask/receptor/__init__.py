"""What clusters of receptors are worth, and question 1 for them."""
