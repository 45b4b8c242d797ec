"""A new project from the general parts of this one."""
