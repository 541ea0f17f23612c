"""Many runs: which, how, what they wrote and what it means."""
