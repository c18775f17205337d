"""What costs how much: run by `make bench-…`, never by the suite."""
