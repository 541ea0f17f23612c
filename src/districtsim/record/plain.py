"""Plain: values as JSON and databases can hold them, and commands without passwords."""

import math
import re
from pathlib import PurePath

PASSWORD = re.compile(r"(?<=://)([^\s/@:]*):([^\s@]*)@")


def plain(value):
    """Dicts, lists, text, numbers and None only: NumPy scalars unwrapped, NaN and infinity None."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(plain, value), key=str)
    if isinstance(value, PurePath):
        return str(value)
    if hasattr(value, "tolist"):  # a NumPy scalar or array
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def without_password(text):
    """A command or address in which `scheme://name:password@` has lost its password."""
    return PASSWORD.sub(r"\1:***@", text)
