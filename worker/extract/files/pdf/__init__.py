"""PDF files (ISO 32000), by PDFium."""
