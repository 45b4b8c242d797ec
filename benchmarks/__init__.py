"""How fast the project is: `python -m benchmarks`."""
