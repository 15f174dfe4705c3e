"""A letter as a scan: drawn at 200 dpi in a real font, with a seal, turned a little, noisy and slightly out of
focus."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from tests.support.pdfs import Letter, Sheet, width

SCALE = 200 / 72


def scanned(letter: Letter, font: str, skew: float = 0.6, noise: float = 12.0) -> bytes:
    """The scan as a PDF of pictures."""
    pictures = [_picture(sheet, font, skew, noise) for sheet in letter.sheets()]
    out = io.BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=200, quality=80)
    return out.getvalue()


def _picture(sheet: Sheet, font: str, skew: float, noise: float) -> Image.Image:
    picture = Image.new("RGB", (int(sheet.wide * SCALE), int(sheet.high * SCALE)), "white")
    draw = ImageDraw.Draw(picture)
    for x, y, text, size, colour, spacing in sheet.placed:
        face = ImageFont.truetype(font, int(size * SCALE))
        ink = tuple(int(value * 255) for value in colour)
        for character in text:
            draw.text((x * SCALE, y * SCALE), character, font=face, fill=ink, anchor="ls")
            x += width(character, size) + spacing
    stamp = Image.new("RGB", picture.size, "white")  # ink over ink: black print shows through a stamp
    for x, y, radius in sheet.rings:
        box = [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
        ImageDraw.Draw(stamp).ellipse(box, outline=(220, 20, 20), width=8)
    picture = ImageChops.multiply(picture, stamp)
    picture = picture.rotate(skew, fillcolor="white", resample=Image.Resampling.BICUBIC)
    pixels = np.asarray(picture).astype(float)
    random = np.random.default_rng(1)
    pixels += random.normal(0, noise, pixels.shape)
    pixels[random.random(pixels.shape[:2]) < 0.001] = 0
    return Image.fromarray(pixels.clip(0, 255).astype("uint8")).filter(ImageFilter.GaussianBlur(0.6))
