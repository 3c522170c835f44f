"""The command line: a table of commands, each a module imported only when it is used."""
