"""Documents: the pages of docs/ that are written from the source and from stored results."""
