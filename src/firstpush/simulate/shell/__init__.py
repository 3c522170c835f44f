"""The shell: text → syntax tree (`parser`), words → arguments (`expansion`), control flow (`interpreter`)."""
