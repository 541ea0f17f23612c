"""How it changes: one module with its card for each process."""
