"""What people do on a wiki, with their own account and without this toolkit."""

from __future__ import annotations

from typing import Any

import requests

from tests.mediawiki import farm as mediawiki


class Person:
    """Somebody with an account on one of the test wikis."""

    def __init__(self, key: str, name: str = "Camille") -> None:
        self.api = mediawiki.address(key)
        self.http = requests.Session()
        token = self.get(meta="tokens", type="login")["tokens"]["logintoken"]
        done = self._post(action="login", lgname=name, lgpassword=mediawiki.PEOPLE[name], lgtoken=token)
        assert done["login"]["result"] == "Success", done
        self.token = self.get(meta="tokens")["tokens"]["csrftoken"]

    def close(self) -> None:
        self.http.close()

    def get(self, **parameters: object) -> Any:
        parameters = {"action": "query", "format": "json", "formatversion": 2, **parameters}
        return self.http.get(self.api, params=parameters, timeout=30).json()["query"]  # type: ignore[arg-type]

    def edit(self, title: str, text: str, **parameters: object) -> int:
        """Save a page; the new revision's id."""
        done = self._post(action="edit", title=title, text=text, token=self.token, **parameters)
        assert done.get("edit", {}).get("result") == "Success", done
        return int(done["edit"].get("newrevid", 0))

    def bring(self, xml: bytes | str) -> None:
        """Special:Import, by somebody who may."""
        data = {
            "action": "import",
            "format": "json",
            "token": self.token,
            "interwikiprefix": "x",
            "assignknownusers": 1,
        }
        done = self.http.post(self.api, data=data, files={"xml": ("x.xml", xml)}, timeout=60).json()
        assert "error" not in done, done

    def text(self, title: str) -> str:
        page = self.get(prop="revisions", titles=title, rvprop="content", rvslots="main")["pages"][0]
        return "" if page.get("missing") else str(page["revisions"][0]["slots"]["main"]["content"])

    def head(self, title: str) -> int:
        return int(self.get(prop="info", titles=title)["pages"][0].get("lastrevid", 0))

    def act(self, action: str, **parameters: object) -> Any:
        done = self._post(action=action, token=self.token, **parameters)
        assert "error" not in done, done
        return done

    def _post(self, **parameters: object) -> Any:
        """MediaWiki saves a session after its answer left: a token may be unknown for a moment, and is asked anew."""
        data = {"format": "json", "formatversion": 2, **parameters}
        answer = self.http.post(self.api, data=data, timeout=30).json()
        if answer.get("error", {}).get("code") == "badtoken":
            self.token = data["token"] = self.get(meta="tokens")["tokens"]["csrftoken"]
            answer = self.http.post(self.api, data=data, timeout=30).json()
        return answer
