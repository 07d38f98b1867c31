"""What must survive: real processes on servers of their own, broken in every way that happens."""
