"""The command line: ``echoguard``."""
