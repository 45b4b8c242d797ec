"""The blocks of models: a file for each kind, of its name, whose class is called like it."""
