#!/usr/bin/env python
"""The command line: everything an operator does without a browser."""

import os
import sys

# These change the schema, so they act as the owner; everything else acts as the app role,
# which row security binds and which cannot rewrite the audit trail (DECISIONS.md, "Three roles").
OWNER_COMMANDS = {"migrate", "sqlmigrate", "makemigrations", "dbshell"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("GRIDGOV_DATABASE_ROLE", "owner")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
