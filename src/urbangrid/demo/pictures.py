"""Drawn stand-ins for photos: a calm street scene with the problem of a class on it, before and after. No foreign picture."""

from __future__ import annotations

import io
import random
from functools import lru_cache

from PIL import Image, ImageDraw

SIZE = (960, 720)
GROUND = {"road": ("#6f747b", "#7b8087"), "green": ("#7f9a76", "#6b8a63"), "wall": ("#a08a74", "#8f7a66")}


def scene_of(name: str) -> str:
    """Which scene a class name asks for."""
    if any(word in name for word in ("树", "绿", "花", "草", "园")):
        return "green"
    if any(word in name for word in ("广告", "墙", "建筑", "店", "牌匾", "立面")):
        return "wall"
    return "road"


def picture(name: str, kind: str, seed: int) -> bytes:
    """JPEG bytes. ``kind``: before shows the problem, after and check show the place put right; the same seed draws the same place."""
    place = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    scene = scene_of(name)
    image = Image.new("RGB", SIZE, GROUND[scene][0])
    draw = ImageDraw.Draw(image)
    _ground(draw, place, scene)
    if kind == "before":
        _problem(draw, place, name)
    elif scene == "road":
        draw.rounded_rectangle((330, 380, 640, 520), 26, fill="#646a72")
    return _finish(image, place, kind)


def _ground(draw: ImageDraw.ImageDraw, place: random.Random, scene: str) -> None:
    width, height = SIZE
    draw.rectangle((0, 0, width, 210), fill="#c9d3dc")
    for number in range(5):
        left = number * 200 + place.randint(-30, 30)
        draw.rectangle(
            (left, place.randint(40, 110), left + place.randint(110, 170), 215), fill=place.choice(("#aeb7c0", "#b9b1a6", "#a6afb4"))
        )
    draw.rectangle((0, 210, width, 250), fill="#b8b3aa")
    draw.rectangle((0, 250, width, height), fill=GROUND[scene][1])
    if scene == "road":
        for x in range(-40, width, 190):
            draw.polygon(((x, 560), (x + 100, 560), (x + 84, 580), (x - 18, 580)), fill="#d9d7cf")
    if scene == "green":
        for _tree in range(4):
            x = place.randint(60, width - 60)
            draw.rectangle((x - 9, 180, x + 9, 320), fill="#6b5a48")
            draw.ellipse((x - 70, 70, x + 70, 220), fill=place.choice(("#557a4c", "#4d7145", "#648757")))


def _problem(draw: ImageDraw.ImageDraw, place: random.Random, name: str) -> None:
    if any(word in name for word in ("垃圾", "遗撒", "渣土", "不洁", "堆")):
        for _bag in range(16):
            x, y = place.randint(300, 660), place.randint(360, 520)
            size = place.randint(24, 60)
            draw.ellipse((x, y, x + size, y + size * 0.8), fill=place.choice(("#37414d", "#b9473c", "#d8d5ce", "#4f74a8", "#8a7a5a")))
    elif any(word in name for word in ("树", "绿", "花", "草")):
        draw.line((260, 330, 700, 560), fill="#6b5238", width=26)
        for _leaf in range(60):
            x, y = place.randint(380, 780), place.randint(380, 640)
            draw.ellipse((x, y, x + 46, y + 34), fill=place.choice(("#5d8a4d", "#6f9a58", "#9a7c46")))
    elif "井盖" in name or "箅" in name:
        draw.ellipse((330, 370, 640, 520), fill="#22262b")
        draw.arc((330, 370, 640, 520), 20, 200, fill="#8b9097", width=12)
    elif any(word in name for word in ("广告", "占道", "店", "商", "摊")):
        for number in range(4):
            x = 260 + number * 120
            draw.rectangle(
                (x, 330, x + 90, 500), fill=place.choice(("#c65a3f", "#e0b45a", "#5b86b5", "#7fa36d")), outline="#413a33", width=3
            )
    else:
        ring = [(330 + place.randint(0, 300), 370 + place.randint(0, 150)) for _corner in range(11)]
        draw.polygon(sorted(ring, key=lambda point: (point[0] < 480, point[0] * (1 if point[0] < 480 else -1), point[1])), fill="#3b3f45")
        draw.ellipse((400, 400, 590, 490), fill="#4e6a86")


@lru_cache(maxsize=1)
def _grain() -> Image.Image:
    """One sheet of grain for all pictures: making it costs more than a drawing."""
    return Image.effect_noise(SIZE, 22).convert("RGB")


def _finish(image: Image.Image, place: random.Random, kind: str) -> bytes:
    shaded = Image.blend(image, _grain(), 0.10 if kind == "before" else 0.08)
    ImageDraw.Draw(shaded).point((place.randrange(SIZE[0]), len(kind)), fill="#808080")
    out = io.BytesIO()
    shaded.save(out, format="JPEG", quality=82)
    return out.getvalue()
