"""Values and decisions. Nothing here has a thread, a clock, or input and output: time and ids come in as arguments."""
