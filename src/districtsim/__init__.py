"""districtsim: a simulation of a US school district's central office."""
