"""Deep learning written by hand: tensors and formulas, no autograd, torch.nn or torch.optim."""
