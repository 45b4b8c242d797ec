"""Deep learning written by hand: tensors and autograd, no torch.nn and no torch.optim."""
