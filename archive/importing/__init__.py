"""The past put into an archive: WARC files and folders of saved pages become captures with the times they were made.

    read_warc(file) / read_folder(folder, url)     -> PastCapture ...      in any order, lazily
    import_captures(writer, captures, now=...)     -> Imported             stored in batches, each one transaction

Nothing is read out of the pages here and no head moves: that is the worker's part (`worker.importing`), which makes
versions of them in the order of their times, and none of a capture older than what the archive knows of a document.
"""

from archive.importing.folder import BadFiles, read_folder
from archive.importing.past import SOURCE as IMPORTED
from archive.importing.past import Imported, PastCapture, import_captures, underived
from archive.importing.warc import BadWarc, read_warc

__all__ = [
    "IMPORTED", "BadFiles", "BadWarc", "Imported", "PastCapture", "import_captures", "read_folder", "read_warc",
    "underived",
]  # fmt: skip
