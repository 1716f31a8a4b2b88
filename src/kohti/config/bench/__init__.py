"""`kohti bench`: what the product costs, measured through real HTTP; `measure` is what each bench stands on."""
