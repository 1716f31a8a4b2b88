"""Who of us knows what: kept by each colleague, found in the same words as who else helps."""
