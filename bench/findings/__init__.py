"""What finds credentials, ours beside other scanners, on files given on the command line."""
