"""Deep learning by hand: the library that stages, studies and tools are written with."""
