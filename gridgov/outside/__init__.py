"""What stands outside: gateways and platforms, configured in one place and spoken to by one careful client."""
