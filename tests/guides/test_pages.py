"""使用手册 inside the program: the own one opens first, all can be searched, who comes from outside reads her face's (HD-13, CY-23b)."""

from __future__ import annotations

from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.support.browser import enter
from tests.support.city import City
from urbangrid.guides import shelf

OWN = reverse("guides:own")


def _read(city: City, name: str, address: str = OWN) -> str:
    answer = enter(Client(), city, name).get(address)
    assert answer.status_code == 200, (name, address)
    return unescape(answer.content.decode())


@pytest.mark.requirement("HD-13.2")
def test_each_post_finds_its_own_handbook_at_once_with_its_contents(city: City) -> None:
    for name in city.cast:
        acting = city.acting(name)
        guide = shelf.every()[shelf.own(acting.desk)]
        page = _read(city, name)
        assert f"<h1>{guide.title}</h1>" in page, name
        for section in guide.sections:
            assert f'href="#{section.anchor}"' in page and f'id="{section.anchor}"' in page, (name, section.heading)
        assert page.count("本岗位") == 1, name


def test_every_handbook_can_be_opened_by_everybody_inside_and_shows_its_pictures(city: City) -> None:
    clerk = enter(Client(), city, "clerk")
    for name, guide in shelf.every().items():
        page = unescape(clerk.get(reverse("guides:guide", args=[name])).content.decode())
        assert f"<h1>{guide.title}</h1>" in page
    assert 'src="/static/guides/department-desk.png"' in _read(city, "clerk")


def test_a_search_looks_into_all_handbooks_and_begins_with_the_open_one(city: City) -> None:
    address = f"{reverse('guides:guide', args=['department'])}?words=回退"
    page = _read(city, "seat_agent", address)
    hits = [one.split('"')[0] for one in page.split('class="gu-hit" href="')[1:]]
    assert len(hits) == len(shelf.found("回退", shelf.open_to("workbench"), "department")) > 3
    places = [one.partition("#")[0] for one in hits]
    assert places[0] == reverse("guides:guide", args=["department"]) and len(set(places)) > 2
    assert places == sorted(places, key=lambda one: one != places[0]), "those of the open handbook stand together, at the top"
    assert "<mark>回退</mark>" in page


def test_several_words_must_all_stand_in_a_section_and_nothing_found_says_what_to_try(city: City) -> None:
    one, both = (shelf.found(words, shelf.open_to("workbench"), "start") for words in ("回退", "回退 证明"))
    assert 0 < len(both) < len(one)
    for hit in both:
        assert all(word in hit.section.heading + hit.section.text for word in ("回退", "证明"))
    assert "手册里没有这个词" in _read(city, "inspector", f"{OWN}?words=潜水艇")
    assert "<script>" not in _read(city, "inspector", f"{OWN}?words=%3Cb%3E").split("<main")[1]


def test_a_reader_in_english_has_her_handbook_in_english_for_the_same_number_of_statements(city: City) -> None:
    seat = enter(Client(), city, "seat_agent")

    def read(address: str) -> tuple[str, int]:
        with CaptureQueriesContext(connection) as found:
            answer = seat.get(address)
        return unescape(answer.content.decode()), len(found)

    read(OWN)
    addresses = (OWN, f"{OWN}?words=recovery code")
    in_chinese = [read(one) for one in addresses]
    seat.post("/language/", {"language": "en", "next": "/"})
    read(OWN)
    in_english = [read(one) for one in addresses]
    assert [count for _page, count in in_english] == [count for _page, count in in_chinese]
    page, hits = (page for page, _count in in_english)
    assert "<h1>Seat agent</h1>" in page and '<article class="gu-text" lang="en">' in page and '<b lang="en">Seat agent</b>' in page
    assert '<h3 id="s3">Registering a call</h3>' in page and 'href="#s3" lang="en">Registering a call</a>' in page
    assert '<span lang="en">Audit administrator</span>' in page and "登记来电" not in page
    assert "<mark>recovery</mark> <mark>code</mark>" in hits
    assert f'href="{reverse("guides:guide", args=["start"])}#s7" lang="en"' in hits and "手册里没有这个词" in in_chinese[1][0]


def test_a_company_reads_the_handbooks_of_its_own_face_alone(city: City) -> None:
    page = _read(city, "company_clerk")
    assert "<h1>企业</h1>" in page and "人人要会" in page
    assert "安全管理员" not in page.split("<main")[0], "the list names no other handbook"
    company = enter(Client(), city, "company_clerk")
    assert company.get(reverse("guides:guide", args=["security"])).status_code == 404
    assert {hit.guide.name for hit in shelf.found("的", shelf.open_to("companies"), "company")} == {"company", "start"}
    for name in ("company_clerk", "crew", "clerk", "system_admin"):
        home = enter(Client(), city, name).get("/", follow=True).content.decode()
        assert f'href="{OWN}"' in home, f"{name} finds the handbook in the person menu"


def test_a_stranger_is_led_to_the_sign_in_and_an_unknown_handbook_is_none(city: City) -> None:
    answer = Client().get(OWN)
    assert answer.status_code == 302 and answer.headers["Location"].startswith(reverse("people:sign_in"))
    missing = enter(Client(), city, "clerk").get(reverse("guides:guide", args=["pilot"]))
    assert missing.status_code == 404 and "没有这本手册" in missing.content.decode()
    assert enter(Client(), city, "clerk").get(f"{OWN}?words=%00").status_code == 400, "as everywhere: NUL is refused"
