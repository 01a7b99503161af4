"""What a script of pywikibot does for the same work: preload every page, save those that change."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def configure(api: str, user: str, password: str) -> None:
    folder = Path(os.environ["PYWIKIBOT_DIR"])
    host = api.split("/")[2]
    families = folder / "kit_family.py"
    families.write_text(
        "from pywikibot import family\n"
        "class Family(family.Family):\n"
        f"    name = 'kit'\n    langs = {{'fr': '{host}'}}\n"
        "    def scriptpath(self, code): return '/w'\n"
        "    def protocol(self, code): return 'http'\n"
        f"    def hostname(self, code): return '{host}'\n"
    )
    account, label = user.split("@")
    (folder / "passwords.py").write_text(f"('{account}', BotPassword('{label}', '{password}'))\n")
    (folder / "passwords.py").chmod(0o600)
    (folder / "user-config.py").write_text(
        f"family = 'kit'\nmylang = 'fr'\nusernames['kit']['fr'] = '{account}'\npassword_file = 'passwords.py'\n"
        f"family_files['kit'] = r'{families}'\nput_throttle = 0\nminthrottle = 0\nmaxthrottle = 0\nmaxlag = 5\n"
    )
    (folder / "user-config.py").chmod(0o600)


def main(api: str, user: str, password: str, changes: str) -> None:
    configure(api, user, password)
    os.environ.pop("PYWIKIBOT_NO_USER_CONFIG", None)
    import pywikibot
    from pywikibot import pagegenerators

    site = pywikibot.Site("fr", "kit")
    site.login()
    template = pywikibot.Page(site, "Template:Ingrédient")
    pages = template.getReferences(only_template_inclusion=True, namespaces=[0, 104], content=False)
    done = 0
    for page in pagegenerators.PreloadingGenerator(pages, groupsize=500):
        text = page.text
        if done < int(changes):
            page.text = text.replace("un.", "deux.", 1)
            page.save("bench", quiet=True)
            done += 1
    print(done)


if __name__ == "__main__":
    main(*sys.argv[1:])
