"""Rulings: a question to the authority from inside a contact, answered with a decision and its reason."""
