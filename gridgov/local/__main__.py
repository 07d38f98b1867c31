"""`python -m gridgov.local COMMAND`: what the Makefile calls once the virtual environment is there."""

import os
import sys

from gridgov.local import background, checks, supervise

USAGE = "run · up · down · status · demo-reset · empty · test [pytest arguments] · with-servers COMMAND… · lint [names]"


def main(arguments: list[str]) -> int:
    command, *rest = arguments or ["help"]
    typed = {name: os.environ.get(name, "") for name in ("PORT", "LAN", "HTTPS")}
    match command:
        case "run":
            return supervise.run(typed)
        case "up":
            return background.up(typed)
        case "down":
            return background.down()
        case "status":
            return background.status()
        case "demo-reset":
            return background.demo_reset()
        case "empty":
            return background.begin_empty()
        case "test":
            return checks.test([*rest, *checks.arguments_from("ARGS")])
        case "with-servers" if rest:
            return checks.with_servers([*rest, *checks.arguments_from("ARGS")])
        case "lint":
            return checks.lint(rest)
    sys.stdout.write(f"python -m gridgov.local {USAGE}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
