"""What models by hand and by torch.nn share: blocks, the one training loop, the device."""
