"""What is promised, with the rate at which it was kept."""
