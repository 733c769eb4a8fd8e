"""The use-cases: load, decide, write. One set of rules under every front end."""
