"""From glyphs at places to paragraphs in reading order; for every format that only says where glyphs stand (PDF, OFD,
OCR)."""
