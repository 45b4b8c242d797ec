"""The same models in a few lines of torch.nn, under the same names."""
