"""Everything that people read or that a non-programmer tunes."""
