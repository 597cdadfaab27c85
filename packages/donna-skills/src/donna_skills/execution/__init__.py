"""Skills as folders of files, read and checked."""
