"""The doors: each turns its input into a request, and prints a verdict; none holds logic, none imports another."""
