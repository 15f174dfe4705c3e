"""Readers of files, one document format a module. The package is light: readers are imported in the isolated
process."""

from worker.extract.files.extractor import Files

EXTRACTOR = Files()
