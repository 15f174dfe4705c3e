"""OpenDocument files (ISO/IEC 26300): text (ODT) and slides (ODP)."""
