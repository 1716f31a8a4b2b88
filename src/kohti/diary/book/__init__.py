"""The appointment book: a day by colleague or by room, a week of one colleague; booked, moved, cancelled from there."""
