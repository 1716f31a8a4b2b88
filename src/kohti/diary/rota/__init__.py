"""The rota of placed staff: who of which organisation is at a centre, on which days, at which hours."""
