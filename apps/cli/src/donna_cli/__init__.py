"""Donna in the terminal: capture, plan, remind and explain."""
