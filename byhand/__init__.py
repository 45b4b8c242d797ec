"""Deep learning by hand: the library that all scripts are written with."""
