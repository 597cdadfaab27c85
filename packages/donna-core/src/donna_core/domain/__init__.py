"""The rules of Donna as pure functions: values in, values and effects out."""
