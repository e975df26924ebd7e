"""What analyses assume, and how that is probed."""
