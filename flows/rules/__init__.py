"""The decisions: pure, synchronous, standard library only; time is an argument."""
