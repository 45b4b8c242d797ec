"""How good predictions are, in NumPy (torch takes longer to import); checks of gradients."""
