"""Heads of pages, invented, and what they say; and how well the pipeline reads them."""
