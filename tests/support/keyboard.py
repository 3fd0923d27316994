"""Somebody of the made city at her desk, by keys and without a browser: each key does what the page says it does (``ui/js/keys.js``)."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from lxml import html as pages  # type: ignore[import-untyped]


class Trainee:
    """Signed in by one click, as everybody in the demonstration. ``press`` sends the form to which the key's button belongs."""

    def __init__(self, username: str) -> None:
        self.client = Client()
        answer = self.client.post(reverse("people:demonstrate"), {"username": username})
        assert answer.status_code == 302, username
        self.path, self.page, self.dialog = "", pages.fromstring("<p></p>"), None

    @property
    def text(self) -> str:
        return " ".join(self.page.text_content().split())

    @property
    def toast(self) -> str:
        found = self.page.xpath("//*[@data-toast]//span")
        return str(found[0].text_content()) if found else ""

    def go(self, path: str) -> str:
        """A page, followed to where it leads; what is read on it."""
        return self._shown(self.client.get(path, follow=True))

    def items(self) -> list[str]:
        """Ids of the items in the list of the desk."""
        links = (parse_qs(urlsplit(str(link)).query) for link in self.page.xpath("//a[@data-row]/@href"))
        return [link["item"][0] for link in links if "item" in link]

    def open(self, dialog: str) -> None:
        """A click on the button that opens it. Fails where there is none, or it cannot be pressed."""
        assert self.page.xpath("//*[@data-open=$name and not(@disabled)]", name=dialog), f"nothing opens {dialog} on {self.path}"
        self.dialog = self.page.get_element_by_id(dialog)

    def press(self, key: str, **typed: Any) -> str:
        """The key, with what was typed before by field; what is read on the page after it."""
        scope = self.page if self.dialog is None else self.dialog
        found = scope.xpath(".//*[@data-key=$key and not(@disabled)]", key=key)
        assert found, f"{key} does nothing on {self.path}: {self.text[:400]}"
        here = found[0]
        if here.tag == "a":
            return self.go(here.get("href"))
        if here.get("data-open"):
            self.dialog = self.page.get_element_by_id(here.get("data-open"))
            return self.text
        if here.tag == "input":
            here.set("checked", "checked")
            return self.text
        return self._sent(here, typed)

    def click(self, name: str, value: str) -> str:
        """A button without a key, by what it sends. Fails where it is not on the page."""
        found = self.page.xpath("//button[@name=$name and @value=$value and not(@disabled)]", name=name, value=value)
        assert found, f"no button {name}={value} on {self.path}"
        return self._sent(found[0], {})

    def send_photo(self, data: bytes) -> str:
        """Id of a photo chosen at the desk."""
        answer = self.client.post(reverse("workbench:upload"), {"file": SimpleUploadedFile("现场.jpg", data, "image/jpeg")})
        assert answer.status_code in (200, 201), answer.content
        return str(answer.json()["id"])

    def _sent(self, button: Any, typed: dict[str, Any]) -> str:
        form = next(button.iterancestors("form"))
        fields: dict[str, Any] = {}
        for name, value in form.form_values():
            fields.setdefault(name, []).append(value)
        fields |= typed | ({button.get("name"): button.get("value")} if button.get("name") else {})
        action = button.get("formaction") or form.get("action") or ""
        return self._shown(self.client.post(action if action.startswith("/") else f"{self.path}{action}", fields, follow=True))

    def _shown(self, answer: Any) -> str:
        assert answer.status_code == 200, (answer.status_code, re.sub(r"<[^>]+>|\s+", " ", html.unescape(answer.content.decode()))[:900])
        self.path, self.dialog = answer.request["PATH_INFO"], None
        self.page = pages.fromstring(answer.content.decode())
        return self.text
