"""Slides as office programs save them."""
