"""Figures of load and real input: one command each, ratios against a baseline of the same run."""
