"""Every address and form with what nobody should send: no crash, and nothing for those who have no right to it."""
