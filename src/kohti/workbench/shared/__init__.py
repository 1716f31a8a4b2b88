"""What other organisations share with ours: of whom, and what of them."""
