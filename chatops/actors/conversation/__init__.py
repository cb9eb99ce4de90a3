"""What one chat shows and hears, in parts: the ChatActor owns one of each and runs them in its thread."""
