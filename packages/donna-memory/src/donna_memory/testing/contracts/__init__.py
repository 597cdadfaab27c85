"""One contract class a port; subclass it in a test module and say what is to be proved."""
