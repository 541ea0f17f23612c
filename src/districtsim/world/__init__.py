"""What there is: tables, numbers with their evidence, policies, districts and chance."""
