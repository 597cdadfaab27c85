"""The commands, a file for each kind; imported one by one when they are asked for."""
