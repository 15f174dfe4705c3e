"""The archive's door. `open_archive(url)` reads and cannot write; `open_writable(url)` is the worker's."""
from archive.schema import REVISION as REVISION
