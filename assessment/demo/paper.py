"""A sheet of paper as somebody would photograph it: lines and a seal, no words, so that nothing invented is quoted."""

import io

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

SIZE, PAPER, INK, SEAL = (600, 800), "#f4f1ea", "#8b8f96", "#c0392b"


def notice() -> ContentFile:
    """A notice with a seal, as JPEG."""
    image = Image.new("RGB", SIZE, "#5b6168")
    draw = ImageDraw.Draw(image)
    draw.polygon([(58, 40), (556, 66), (540, 764), (40, 742)], fill=PAPER)
    draw.line([(190, 118), (410, 130)], fill=INK, width=16)
    for nth in range(14):
        y = 200 + nth * 30
        draw.line([(110, y), (480 if nth % 5 != 4 else 300, y + 16)], fill=INK, width=7)
    draw.ellipse([(360, 590), (490, 720)], outline=SEAL, width=8)
    draw.line([(390, 655), (460, 655)], fill=SEAL, width=8)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=80)
    return ContentFile(written.getvalue(), name="notice.jpg")
