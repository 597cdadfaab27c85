"""Reading a sentence: from the words of a person to the fields of a task."""
