"""Pages for readers, which need no network."""
