"""Widgets shared by the pages, one per file."""
