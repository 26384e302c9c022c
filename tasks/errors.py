"""Every error that taojin raises on purpose.

    TaojinError                 message, hint, exit code
    ├── UsageError              2   wrong use: a path, an option, a query
    ├── UnreadableInput         2   an input that was named and cannot be read
    ├── RefusedInput            -   one input that goes to quarantine; never stops a run
    ├── BlockedPublication      1   the run's tables may not be published
    ├── BrokenWarehouse         1   the warehouse contradicts its own record
    │   └── DamagedTruth        1   a file of the truth is not what its record says
    ├── DiskFault               1   a disk is full, read-only or faulty
    └── WarehouseBusy           2   another writer holds the lock

A message is one sentence that says what and where; the hint is one sentence that says what to do next.
"""

from __future__ import annotations


class TaojinError(Exception):
    """Base of all errors; carries the sentence, the next step and the command line's exit code."""

    exit_code = 3

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self):  # errors cross from workers to the parent: rebuild from both sentences
        return type(self), (self.message, self.hint)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(TaojinError):
    exit_code = 2


class UnreadableInput(TaojinError):
    exit_code = 2


class RefusedInput(TaojinError):
    exit_code = 0


class BlockedPublication(TaojinError):
    exit_code = 1


class BrokenWarehouse(TaojinError):
    exit_code = 1


class DiskFault(TaojinError):
    exit_code = 1


class DamagedTruth(BrokenWarehouse):
    pass


class WarehouseBusy(TaojinError):
    exit_code = 2
