"""The application's own pages: alive, ready, the elder switch, and an address that leads nowhere."""

from tests.support.pages import Pages


def test_the_process_says_that_it_is_alive(pages: Pages) -> None:
    assert pages.get("/healthz").text.strip() == '{"alive":true}'


def test_an_address_that_leads_nowhere_gets_a_page_with_a_way_on(pages: Pages) -> None:
    page = pages.get("/no/such/page", status=404)
    assert page.heading
    assert "/" in page.links().values()
