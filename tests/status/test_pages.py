"""The pages on Faust's web site."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from html.parser import HTMLParser

import httpx
import pytest

from civicbus.domain.authority import Authorities
from civicbus.status.building import build
from civicbus.status.overview import Receipt
from civicbus.status.pages import render, style
from tests.status.accounts import (
    NOW,
    ONE,
    PARTITIONS,
    TWO,
    compared,
    healthy,
    partition,
    site,
    topic,
    troubled,
    worker,
)

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with (
        site(*troubled()) as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as client,
    ):
        yield client


class Links(HTMLParser):
    """The addresses that a page makes a browser fetch, and whether its elements close."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag != "a":
            self.fetched += [
                value for name in ("src", "href") if (value := found.get(name)) is not None
            ]
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


async def test_the_page_shows_the_numbers(client: httpx.AsyncClient) -> None:
    response = await client.get("/")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    for part in (
        "1,492,275",
        "1 / 3",
        "2 / 4",
        "civil-affairs",
        "never heard of",
        "key_mismatch",
        "off by 1",
        "http://10.0.0.3:8080",
        "civic.identity.v1",
    ):
        assert part in response.text


async def test_the_same_is_there_as_json(client: httpx.AsyncClient) -> None:
    response = await client.get("/status.json")
    document = response.json()
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert document == build(*troubled(), PARTITIONS, NOW).to_json()


@pytest.mark.parametrize(
    "path",
    [
        "/table/",
        "/table/x/",
        "/table/x/y/",
        "/router/",
        "/router/topics/",
        "/router/x/y/",
        "/graph/",
        "/performance/",
        "/stats/",
        "/assignment/",
        "/metrics",
        "/favicon.ico",
    ],
)
async def test_nothing_of_fausts_own_is_served_even_in_its_debug_mode(
    client: httpx.AsyncClient, path: str
) -> None:
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/", "/status.json", "/status.css", "/nowhere"])
async def test_every_response_is_marked_for_the_browsers_safety(
    client: httpx.AsyncClient, path: str
) -> None:
    headers = (await client.get(path)).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["server"] == "civicbus"


async def test_the_pages_can_only_be_read(client: httpx.AsyncClient) -> None:
    assert (await client.head("/")).status_code == 200
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert (await client.request(method, "/")).status_code == 405


async def test_the_refresh_can_be_paused(client: httpx.AsyncClient) -> None:
    assert 'http-equiv="refresh"' in (await client.get("/")).text
    paused = (await client.get("/", params={"refresh": "off"})).text
    assert 'http-equiv="refresh"' not in paused
    assert "resume" in paused


async def test_the_page_fetches_nothing_but_its_style_sheet(client: httpx.AsyncClient) -> None:
    for what in (healthy(), troubled()):
        page = Links()
        page.feed(render(build(*what, PARTITIONS, NOW), "civicbus", refresh=True))
        assert page.open == []
        assert page.fetched == ["data:,", "/status.css"]
    assert "url(" not in style()
    assert "@import" not in style()
    assert (await client.get("/status.css")).text == style()


def test_all_is_well_is_said_when_it_is() -> None:
    page = render(build(*healthy(), PARTITIONS, NOW), "civicbus", refresh=True)
    assert "All is well" in page
    assert "Nothing has been refused." in page


def test_a_deployment_that_has_only_just_begun_has_a_page() -> None:
    page = render(build([], Authorities(), PARTITIONS, NOW), "civicbus", refresh=True)
    assert "No worker has given an account of itself." in page
    assert "Nobody answers for partitions 0–3." in page


def test_what_a_worker_says_is_text_and_never_markup() -> None:
    hostile = worker(ONE, [partition(0, death=topic(1))]) | {"version": HOSTILE}
    hostile["quarantined"] = [{"topic": HOSTILE, "reason": HOSTILE, "count": 1}]
    silent = {"worker": HOSTILE, "silent": HOSTILE}
    overview = build([hostile, silent], Authorities(), 1, NOW)
    page = render(overview, HOSTILE, refresh=True)
    assert HOSTILE not in page
    assert page.count("&lt;script&gt;") >= 5


def test_a_worker_that_rebuilds_says_how_much_is_left_and_for_how_long() -> None:
    rebuilding = worker(ONE, ready=False, behind=12_000_000, seconds_left=150.4)
    begun = worker(TWO, ready=False, behind=5)
    page = render(build([rebuilding, begun], Authorities(()), 1, NOW), "civicbus", refresh=False)
    assert "12,000,000 records left, about 2" in page
    assert "5 records left</span>" in page


def test_what_comparing_with_the_other_group_showed_stands_beside_each_partition() -> None:
    shares = [partition(number, birth=topic(3)) for number in range(3)]
    found = [
        compared(0, equal=True),
        compared(1, equal=False, detail="2 here, 3 there"),
        compared(2, equal=None, detail="nobody owns it there"),
    ]
    overview = build([worker(ONE, shares, replica=found)], Authorities(()), 3, NOW)
    page = render(overview, "civicbus", refresh=False)
    assert "the same</span>" in page
    assert "2 here, 3 there" in page
    assert "not compared</span>" in page
    assert "Not the same as in the other group: partition 1;" in " ".join(overview.concerns)
    assert "Could not be compared with the other group: partition 2." in overview.concerns


def test_how_far_each_group_of_subscribers_has_read_is_shown_or_that_it_is_not_known() -> None:
    quiet = build(*healthy(), PARTITIONS, NOW)
    assert "the broker has not said which groups" in render(quiet, "city", refresh=False)
    told = replace(quiet, receipts=(Receipt("pension-office", "civic.death.v1", 4, 1_234_567),))
    page = render(told, "city", refresh=False)
    assert "pension-office" in page
    assert "1,234,567" in page
    nobody = render(replace(quiet, receipts=()), "city", refresh=False)
    assert "No group reads the topics but the workers." in nobody


def test_a_group_that_has_no_replica_has_no_column_for_it() -> None:
    page = render(build(*healthy(), PARTITIONS, NOW), "civicbus", refresh=False)
    assert "Replica</th>" not in page
