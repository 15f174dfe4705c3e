"""Claims with figures: one file a claim, each beside its peer or limit in the same run. `make bench` runs them all."""
