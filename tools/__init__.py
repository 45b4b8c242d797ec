"""Commands for a person, outside the DVC pipeline."""
