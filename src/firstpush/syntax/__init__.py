"""Carriers without meaning: each module turns the bytes of one kind of file into nodes with spans."""
