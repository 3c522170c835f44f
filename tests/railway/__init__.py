"""Railway: which builder, what its file says."""
