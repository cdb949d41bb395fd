"""One step of the tables per file; a step that was released is never edited."""
