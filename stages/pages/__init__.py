"""What people read: the book's figures beside ours, and the report."""
