"""The pictures of the handbooks and the READMEs, taken from a running demonstration: ``python -m tests.support.pictures``.

Each is a page that somebody of the made city opens, after some steps, in a browser of its own. Whoever changes the look of a page takes
them again, looks at them, and commits them with the change. The steps use the made city as a visitor would: ``./urbangrid demo reset``.
"""

from __future__ import annotations

import argparse
import io
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHECKOUT = Path(__file__).parents[2]
HANDBOOKS = CHECKOUT / "src" / "urbangrid" / "guides" / "static" / "guides"
SCREENSHOTS = CHECKOUT / "docs" / "screenshots"
DESK, PHONE = (1440, 900), (360, 800)
COLOURS = (192, 128, 96, 64, 48, 32)
"""Tried in this order until the file is small enough."""
MOST_BYTES = 120_000
GAP = 16
SETTLED_MS = 800
"""Maps draw themselves after the page has come; nothing on them says when they are done."""

Steps = Callable[[Page], None]


def _as_it_is(_page: Page) -> None:
    """The page that the address gives."""


@dataclass(frozen=True, slots=True)
class Shot:
    """``account`` empty: nobody is signed in; ``before`` is done by another account at its desk, so that there is something to see."""

    folder: Path
    file: str
    account: str
    address: str
    size: tuple[int, int] = DESK
    steps: Steps = _as_it_is
    before: tuple[str, Steps] | None = None
    beside: str = ""
    """Another address of the same account, drawn at the right of the first."""


def _with_a_photo(page: Page) -> None:
    """The first of the list that an inspector took a photo of; a call has none."""
    for _row in range(page.locator("[data-row]").count()):
        if page.locator("figure.photo img").count():
            return
        page.keyboard.press("ArrowDown")
        page.wait_for_load_state()


def _give_to_the_crew(page: Page) -> None:
    """A case that no crew has yet, where there is one."""
    page.goto("/desk/?tab=dispose")
    free = page.get_by_role("button", name="井盖班")
    if free.count():
        free.first.click()
        page.wait_for_load_state()


def _first_task(page: Page) -> None:
    page.locator(".ph-task").first.click()
    page.wait_for_load_state()


def _first_of_the_company(page: Page) -> None:
    page.locator("a.co-row, .co-row a").first.click()
    page.wait_for_load_state()


def _signed_off(page: Page) -> None:
    expect(page.locator(".out-demo")).to_be_visible()


CREW = ("d01", _give_to_the_crew)
SHOTS = (
    Shot(HANDBOOKS, "seat-desk.png", "limin", "/desk/?tab=accept", steps=_with_a_photo),
    Shot(HANDBOOKS, "inspector.png", "inspector01", "/phone/", PHONE, beside="/phone/report/"),
    Shot(HANDBOOKS, "director-board.png", "chenliguo", "/board/"),
    Shot(HANDBOOKS, "dispatcher-desk.png", "wangfang", "/desk/?tab=dispatch"),
    Shot(HANDBOOKS, "department-desk.png", "d01", "/desk/?tab=dispose"),
    Shot(HANDBOOKS, "crew-task.png", "d01-2", "/phone/crew/", PHONE, _first_task, CREW),
    Shot(HANDBOOKS, "company-task.png", "c02", "/company/", steps=_first_of_the_company),
    Shot(HANDBOOKS, "leader.png", "gaojian", "/leader/"),
    Shot(HANDBOOKS, "area.png", "street1", "/area/"),
    Shot(HANDBOOKS, "administrator-people.png", "guanli", "/admin/people/"),
    Shot(HANDBOOKS, "security-sign-ins.png", "anquan", "/admin/sign-ins/"),
    Shot(HANDBOOKS, "audit-trail.png", "shenji", "/admin/trail/"),
    Shot(SCREENSHOTS, "sign-in.png", "", "/sign-in/", steps=_signed_off),
    Shot(SCREENSHOTS, "seat-filing.png", "limin", "/desk/?tab=accept", steps=_with_a_photo),
    Shot(SCREENSHOTS, "board.png", "chenliguo", "/board/"),
    Shot(SCREENSHOTS, "dispatcher.png", "wangfang", "/desk/?tab=dispatch"),
    Shot(SCREENSHOTS, "department.png", "d01", "/desk/?tab=dispose"),
    Shot(SCREENSHOTS, "phone.png", "inspector01", "/phone/", PHONE),
)


def take(at: str, only: frozenset[str] = frozenset(), into: Path | None = None) -> Iterator[Path]:
    """Takes the pictures of ``SHOTS`` (by file name without ending: ``only``) and gives each path when it is written; ``into`` another
    folder than their own. Fails for a page that does not come as its steps expect, and for a picture that cannot be made small."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"])
        try:
            for shot in SHOTS:
                if not only or shot.file.removesuffix(".png") in only:
                    yield _written(browser, at, shot, into or shot.folder)
        finally:
            browser.close()


def _written(browser: Browser, at: str, shot: Shot, folder: Path) -> Path:
    if shot.before is not None:
        account, steps = shot.before
        with browser.new_context(base_url=at, locale="zh-CN", viewport={"width": DESK[0], "height": DESK[1]}) as context:
            steps(_signed_in(context.new_page(), account))
    screen = {"width": shot.size[0], "height": shot.size[1]}
    with browser.new_context(base_url=at, locale="zh-CN", timezone_id="Asia/Shanghai", viewport=screen) as context:  # type: ignore[arg-type]
        page = _signed_in(context.new_page(), shot.account)
        answer = page.goto(shot.address)
        assert answer is not None and answer.ok, f"{shot.account} {shot.address}: {answer and answer.status}"
        shot.steps(page)
        page.wait_for_timeout(SETTLED_MS)
        taken = [_picture(page)]
        if shot.beside:
            page.goto(shot.beside)
            page.wait_for_timeout(SETTLED_MS)
            taken.append(_picture(page))
        path = folder / shot.file
        path.write_bytes(small(_joined(taken)))
    return path


def _signed_in(page: Page, account: str) -> Page:
    """By the buttons of the demonstration, or from the list of all others."""
    if account:
        page.goto("/sign-in/")
        shown = page.locator(f".out-demo form:has(input[value='{account}']) button")
        if shown.count():
            shown.click()
        else:
            page.select_option("#others", account)
            page.locator("form:has(#others) button").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
    return page


def _picture(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def _joined(pictures: Sequence[Image.Image]) -> Image.Image:
    """One beside the other, with a gap."""
    wide = Image.new("RGB", (sum(one.width for one in pictures) + GAP * (len(pictures) - 1), pictures[0].height), "white")
    at = 0
    for one in pictures:
        wide.paste(one, (at, 0))
        at += one.width + GAP
    return wide


def small(image: Image.Image) -> bytes:
    """The PNG with as many colours as fit into ``MOST_BYTES``. Raises ValueError when even the fewest do not."""
    for colours in COLOURS:
        out = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
    raise ValueError(f"{out.tell()} bytes with {COLOURS[-1]} colours")


def main() -> None:
    asked = argparse.ArgumentParser(description="takes the pictures of handbooks and READMEs from a running demonstration")
    asked.add_argument("--at", default="http://127.0.0.1:8000", help="address of the demonstration")
    asked.add_argument("--only", nargs="*", default=(), help="names of pictures; all where none is given")
    asked.add_argument("--to", type=Path, help="another folder than where they belong")
    args = asked.parse_args()
    for path in take(args.at, frozenset(args.only), args.to):
        print(f"{path} {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
