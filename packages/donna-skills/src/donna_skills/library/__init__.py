"""The skills Donna comes with, each a folder of files like anybody's own."""
