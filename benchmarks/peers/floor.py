"""The fewest requests that can tell that nothing changed: who am I, and the current revisions of all pages."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import requests


def main(api: str) -> None:
    http = requests.Session()
    kept = Path(os.environ["HOME"]) / "floor.json"
    common = {"format": "json", "formatversion": "2", "maxlag": "5"}
    if kept.exists():
        http.cookies.update(json.loads(kept.read_text()))
    me = http.get(api, params={**common, "action": "query", "meta": "userinfo|tokens", "uiprop": "rights"}).json()[
        "query"
    ]
    if not me["userinfo"]["id"]:
        token = http.get(api, params={**common, "action": "query", "meta": "tokens", "type": "login"}).json()
        user, password = os.environ["CAPITALISE_W_USER"], os.environ["CAPITALISE_W_PASSWORD"]
        login = {
            "action": "login",
            "lgname": user,
            "lgpassword": password,
            "lgtoken": token["query"]["tokens"]["logintoken"],
        }
        http.post(api, data={**common, **login})
        kept.write_text(json.dumps(http.cookies.get_dict()))
    pages: dict[str, int] = {}
    more: dict[str, str] = {}
    while True:
        source = {
            "generator": "embeddedin",
            "geititle": "Template:Ingrédient",
            "geilimit": "max",
            "geinamespace": "0|104",
        }
        answer = http.get(api, params={**common, "action": "query", "prop": "info", **source, **more}).json()
        pages |= {page["title"]: page["lastrevid"] for page in answer["query"]["pages"]}
        if "continue" not in answer:
            break
        more = answer["continue"]
    print(len(pages))


if __name__ == "__main__":
    main(sys.argv[1])
