"""Referrals: one person, handed over warmly to whoever helps with one thing, and what became of it."""
