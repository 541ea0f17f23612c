"""Errors: the one kind that means a person set something wrongly."""


class SettingError(ValueError):
    """Something a person set is wrong.

    The message says where, what, what is allowed and what to do, in at most three lines; the
    command line prints it and ends with exit code 2.
    """
