"""A user's text, a class or a column, is no markup anywhere that it is drawn or printed."""
