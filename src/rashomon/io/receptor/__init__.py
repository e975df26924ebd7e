"""Tables of immune receptors at the door: their formats, their repair, and how they become receptors."""
