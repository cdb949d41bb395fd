"""What the parts of a configuration's text are, for every room that reads one line by line."""
