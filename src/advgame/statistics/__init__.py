"""Estimates with their uncertainty, from counts and arrays; shared by all that measures or compares."""
