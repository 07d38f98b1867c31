"""A street on one machine: private servers, installation and supervision for development, trials and tests."""
