"""Bringing in what others wrote down: tables of people and of staff, checked row by row, then applied."""
