"""What is measured, always two things in one run: `scripts/bench NAME`."""
