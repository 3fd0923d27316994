"""A second, naive telling of the process, and random days that are played against it (docs/topics/proving-the-process.md)."""
