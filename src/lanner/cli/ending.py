"""How a command ends: its exit codes and the errors that carry one."""

from enum import IntEnum

from lanner.model.errors import LannerError


class ExitCode(IntEnum):
    """What ``lanner`` returns to the shell; documented in ``docs/how-to/run-without-a-server.md``."""

    SUCCESS = 0
    FAILED = 1
    INVALID = 2
    UNREACHABLE = 3
    INTERNAL = 70
    INTERRUPTED = 130


class CommandFailed(LannerError):
    """A command cannot do what was asked; the message is all that people see."""

    exit_code = ExitCode.FAILED


class InputInvalid(CommandFailed):
    """A flow, a file or a value on the command line cannot be used."""

    exit_code = ExitCode.INVALID


class ServerUnreachable(CommandFailed):
    """No server answers at the address, or it does not accept the login."""

    exit_code = ExitCode.UNREACHABLE
