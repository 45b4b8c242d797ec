"""Pages for readers: the report, with the book's figures beside ours."""
