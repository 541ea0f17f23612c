"""For people: figures, reports and pages."""
