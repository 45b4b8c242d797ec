"""What every stage does around its own work: parameters in, files out, one way to fail."""
