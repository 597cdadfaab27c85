"""The vault: a folder of Markdown notes that people and Donna write side by side."""
