"""Deep learning by hand: a forward pass, and an engine that finds the gradients."""
