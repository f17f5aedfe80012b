#!/usr/bin/env python3
"""Django's command line, which first finds or starts the servers the command needs (config/servers.py).

Besides Django's commands: `manage.py servers status` and `manage.py servers stop`.
"""

import os
import sys

# These read no database. Any command with --help does not either.
WITHOUT_SERVERS = {
    "help",
    "version",
    "makemessages",
    "compilemessages",
    "collectstatic",
    "spectacular",
    "startapp",
}


def needs_servers(arguments: list[str]) -> bool:
    """Whether the command reads the database or the broker; arguments: those after manage.py."""
    if not arguments or arguments[0] in WITHOUT_SERVERS or {"--help", "-h", "--version"} & set(arguments):
        return False
    return arguments[0] != "check" or any(argument.startswith("--database") for argument in arguments)


def run_servers_command(arguments: list[str]) -> int:
    """`servers status` or `servers stop`; the exit code."""
    from config.servers import server_status, stop_servers

    if arguments == ["stop"]:
        stopped = stop_servers()
        print(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")
        return 0
    if arguments == ["status"]:
        for name, status in server_status().items():
            print(f"{name}: {status}")
        return 0
    print("usage: manage.py servers status|stop", file=sys.stderr)
    return 2


def with_owner(arguments: list[str]) -> list[str]:
    """`migrate` works as the tables' owner, by the connection of that name, unless one is asked for."""
    if arguments[:1] != ["migrate"] or any(argument.startswith("--database") for argument in arguments):
        return arguments
    if "MIGRATE_DATABASE_URL" not in os.environ:
        sys.exit(
            "DATABASE_URL names the role the program runs as, which may not change tables. "
            "Give the owner's address in MIGRATE_DATABASE_URL too (see deploy/roles.sql)."
        )
    return [*arguments, "--database=migrate"]


def main() -> None:
    arguments = sys.argv[1:]
    try:
        from django.core.management import execute_from_command_line

        from config.servers import ServersError, ensure_servers, name_servers, superuser_address
    except ImportError as error:
        sys.exit(f"{error}. Run `make setup` first, then .venv/bin/python manage.py.")
    try:
        if arguments[:1] == ["servers"]:
            sys.exit(run_servers_command(arguments[1:]))
        own_servers = "DATABASE_URL" not in os.environ
        ensure_servers() if needs_servers(arguments) else name_servers()
        if own_servers and arguments[:1] == ["verify_backup"]:
            os.environ.setdefault("VERIFY_DATABASE_URL", superuser_address())
    except ServersError as error:
        sys.exit(str(error))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line([sys.argv[0], *with_owner(arguments)])


if __name__ == "__main__":
    main()
