"""Whole-run benchmarks of suprsync: each figure beside what the bare tools need in the same run."""
