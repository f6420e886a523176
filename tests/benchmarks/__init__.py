"""Benchmarks: contenders of one run, on the same data, as ratios. `make bench BENCH=name`."""
