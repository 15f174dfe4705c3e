"""Word files: DOCX (ISO/IEC 29500) and the binary DOC."""
