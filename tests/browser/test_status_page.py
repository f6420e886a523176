"""The status page in a real Chromium."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

from tests import needs
from tests.status.accounts import healthy, site, troubled

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Scheme = Literal["light", "dark"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=needs.chromium(), args=ARGUMENTS)
        yield browser
        await browser.close()


async def opened(browser: Browser, url: str, width: int = 1280, scheme: Scheme = "light") -> Page:
    """The page, without its refresh, in a browser that has no scripts."""
    page = await browser.new_page(
        java_script_enabled=False,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
    )
    await page.goto(f"{url}/?refresh=off")
    return page


async def rows_of(page: Page, section: str) -> list[list[str]]:
    """The texts of a table's cells."""
    rows = await page.locator(f"section[aria-labelledby={section}] tbody tr").all()
    return [await row.locator("th, td").all_inner_texts() for row in rows]


async def test_an_operator_reads_the_numbers(browser: Browser) -> None:
    async with site(*troubled()) as url:
        page = await opened(browser, url)
        assert await page.title() == "! civicbus-test · status"
        workers = await rows_of(page, "workers")
        assert [row[1] for row in workers] == ["ready", "catching up", "silent"]
        topics = {row[0]: row[1:] for row in await rows_of(page, "topics")}
        assert topics["civic.death.v1"] == [
            "198,044", "1,033,078", "1,011,792", "2", "3", "21,280", "0", "off by 1",
        ]  # fmt: skip
        sources = {(row[0], row[1]): row for row in await rows_of(page, "sources")}
        assert sources["civil-affairs", "death"][2] == "gapped"
        assert sources["civil-affairs", "death"][6] == "7"
        partitions = await rows_of(page, "partitions")
        assert partitions[3][:3] == ["3", "nobody", "no owner"]
        assert partitions[2][3:8] == ["588,010", "0", "198,044", "655,021", "51,200"]
        assert (await rows_of(page, "quarantine"))[0] == ["key_mismatch", "civic.death.v1", "2"]
        assert await page.locator(".concerns li").count() == 9


async def test_nothing_is_asked_of_another_host_and_nothing_is_complained_of(
    browser: Browser,
) -> None:
    asked: list[str] = []
    complaints: list[str] = []

    def note_request(request: Request) -> None:
        asked.append(request.url)

    def note_message(message: ConsoleMessage) -> None:
        complaints.append(message.text)

    async with site(*healthy()) as url:
        page = await browser.new_page()
        page.on("request", note_request)
        page.on("console", note_message)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(url)
        await page.wait_for_load_state("networkidle")
        assert "All is well" in await page.inner_text("main")
    assert complaints == []
    assert {address for address in asked if not address.startswith("data:")} == {
        f"{url}/",
        f"{url}/status.css",
    }


async def test_pausing_the_refresh_takes_one_click(browser: Browser) -> None:
    async with site(*healthy()) as url:
        page = await browser.new_page()
        await page.goto(url)
        await page.get_by_role("link", name="pause").click()
        assert await page.locator("meta[http-equiv=refresh]").count() == 0
        await page.get_by_role("link", name="resume").click()
        assert await page.locator("meta[http-equiv=refresh]").count() == 1


@pytest.mark.parametrize("width", [320, 420, 1280])
async def test_on_any_screen_only_tables_scroll_sideways_and_a_keyboard_reaches_them(
    browser: Browser, width: int
) -> None:
    async with site(*troubled()) as url:
        page = await browser.new_page(viewport={"width": width, "height": 900})
        await page.goto(f"{url}/?refresh=off")
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        tables = await page.locator("table").all()
        assert len(tables) == 5
        for table in tables:
            region = table.locator("xpath=..")
            assert await region.get_attribute("role") == "region"
            assert await region.get_attribute("tabindex") == "0"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_texts_stand_out_from_what_is_behind_them(browser: Browser, scheme: Scheme) -> None:
    """Contrast of 4.5 or more, as WCAG 2 asks, of every piece of text on the page."""
    async with site(*troubled()) as url:
        page = await browser.new_page(color_scheme=scheme)
        await page.goto(f"{url}/?refresh=off")
        seen, faint = await page.evaluate(FAINT_TEXTS)
    assert seen > 100
    assert faint == []


FAINT_TEXTS = """
() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    throw new Error("nothing opaque");
  };
  let seen = 0;
  const faint = [];
  for (const element of document.body.querySelectorAll("*")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own) continue;
    seen += 1;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.push([element.className, element.textContent, contrast]);
  }
  return [seen, faint];
}
"""
