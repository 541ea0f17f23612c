"""record: what was run, with what, and what came of it: Sacred run folders and databases."""
