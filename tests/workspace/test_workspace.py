"""Settings: everything wrong is said at once, with file, key and the form expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from capitalise.errors import SettingsError
from capitalise.settings import find_workspace, read_workspace
from capitalise.wikis.credentials import Credentials, _from_file, find_credentials
from tests.conftest import Cli
from tests.place import one_wiki

GOOD = 'contact = "x@example.org"\n[wikis.communs]\napi = "https://wiki.example.org/w/api.php"\n'
BOT = 'kind = "fiches"\nwiki = "communs"\nform = "F"\nsheet = "f.csv"\n'


def workspace(folder: Path, settings: str = GOOD, bot: str = BOT) -> Path:
    (folder / "bots").mkdir(exist_ok=True)
    (folder / "capitalise.toml").write_text(settings, "utf-8")
    (folder / "bots" / "b.toml").write_text(bot, "utf-8")
    return folder


def said(folder: Path, settings: str = GOOD, bot: str = BOT) -> str:
    with pytest.raises(SettingsError) as error:
        read_workspace(workspace(folder, settings, bot))
    return str(error.value)


def test_an_operator_is_no_address(tmp_path: Path) -> None:
    """It stands in every summary, for everybody to read."""
    workspace(tmp_path)
    path = tmp_path / "capitalise.toml"
    path.write_text('operator = "zoe@exemple.org"\n' + path.read_text("utf-8"), "utf-8")
    with pytest.raises(SettingsError, match="operator"):
        read_workspace(tmp_path)


def test_defaults(tmp_path: Path) -> None:
    settings = read_workspace(workspace(tmp_path))
    assert (settings.language, settings.wikis["communs"].edit_interval, settings.wikis["communs"].write) == (
        "fr",
        None,
        True,
    )


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = said(
        tmp_path,
        'language = "de"\nfoo = 1\n[wikis.a]\n[wikis.b]\nfolder = "../x"\nwrite = 1\n[wikis.Gros-Nom]\napi = "wiki.example.org"\nedit_interval = -1\n',
        'kind = "zorglub"\nwiki = "c"\nsheet = 3\n',
    )
    for words in (
        "“language” must be one of: fr, en",
        "“foo” is not a setting",
        "[wikis.a]: give one of",
        "“folder” must be a folder inside",
        "“write” must be true or false",
        "small letters",
        "“api” must be an address of the wiki",
        "“edit_interval” must be 0 or more",
        "bots/b.toml: “kind” must be one of",
        "bots/b.toml: “wiki” must be one of",
    ):
        assert words in text
    text = said(tmp_path, bot='kind = "fiches"\nwiki = "c"\nsheet = 3\n')
    assert "bots/b.toml: “wiki” must be one of" in text
    assert "bots/b.toml: “form” is missing" in text
    assert "“sheet” must be a text in quotes, or a list of them" in text


@pytest.mark.parametrize("settings", ["[wikis", "", "wikis = 3", "[wikis]\na = 1"])
def test_broken_settings_are_no_traceback(tmp_path: Path, settings: str) -> None:
    assert "capitalise.toml" in said(tmp_path, settings)


def test_a_password_in_an_address_is_refused(tmp_path: Path) -> None:
    assert "secret" not in said(tmp_path, GOOD.replace("https://", "https://moi:secret@"))


def test_the_workspace_is_found_from_a_folder_inside(tmp_path: Path) -> None:
    inside = workspace(tmp_path) / "bots"
    assert find_workspace(inside) == tmp_path
    with pytest.raises(SettingsError, match="init"):
        find_workspace(Path("/"))


def test_credentials_from_the_environment() -> None:
    account = find_credentials("communs", {"CAPITALISE_COMMUNS_USER": "R@x", "CAPITALISE_COMMUNS_PASSWORD": "p"})
    assert account == Credentials("R@x", "p")
    assert "'p'" not in repr(account)
    with pytest.raises(SettingsError, match="CAPITALISE_COMMUNS_PASSWORD"):
        find_credentials("communs", {"CAPITALISE_COMMUNS_USER": "R@x"})


def test_credentials_from_a_private_file_only(tmp_path: Path) -> None:
    path = tmp_path / "credentials.toml"
    path.write_text('[communs]\nuser = "R@x"\npassword = "p"\n', "utf-8")
    path.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        _from_file("communs", path)
    path.chmod(0o600)
    assert _from_file("communs", path) == Credentials("R@x", "p")
    assert _from_file("movilab", path) is None
    path.write_text('[communs]\npassword = "secretissime', "utf-8")
    with pytest.raises(SettingsError) as error:
        _from_file("communs", path)
    assert "secretissime" not in str(error.value)


def test_init_never_writes_over_anything(tmp_path: Path, capitalise: Cli) -> None:
    capitalise(tmp_path, "init", str(tmp_path / "kit"))
    capitalise(tmp_path, "init", str(tmp_path / "kit"), code=2)
    (tmp_path / "autre" / "bots").mkdir(parents=True)
    (tmp_path / "autre" / "bots" / "ingredients.toml").write_text("à moi", "utf-8")
    capitalise(tmp_path, "init", str(tmp_path / "autre"), code=2)
    assert [p.name for p in (tmp_path / "autre").iterdir()] == ["bots"]


def test_commands_say_what_they_lack(tmp_path: Path, capitalise: Cli) -> None:
    assert "init DOSSIER" in capitalise(tmp_path, "plan", "ingredients", code=2).stderr
    capitalise(tmp_path, "init", str(tmp_path / "kit"))
    assert "ingredients" in capitalise(tmp_path / "kit", "plan", "zorglub", code=2).stderr
    assert "history" in capitalise(tmp_path / "kit", "undo", "20200101T0000-abcd", code=2).stderr
    assert "--page" in capitalise(tmp_path / "kit", "plan", "ingredients", "--prefer", "wiki", code=2).stderr


def test_a_wiki_that_does_not_answer_gets_one_sentence(tmp_path: Path, capitalise: Cli) -> None:
    capitalise(tmp_path, "init", str(tmp_path / "kit"))
    one_wiki(tmp_path / "kit", "http://127.0.0.1:9/w/api.php")
    assert "127.0.0.1:9" in capitalise(tmp_path / "kit", "plan", "ingredients", code=1).stderr


@pytest.mark.parametrize(
    ("file", "old", "key"),
    [("capitalise.toml", 'folder = "wiki"', "api"), ("bots/ingredients.toml", 'sheet = "ingredients.ods"', "sheet")],
)
def test_an_address_with_half_a_bracket_is_a_setting_to_mend(
    tmp_path: Path, capitalise: Cli, file: str, old: str, key: str
) -> None:
    capitalise(tmp_path, "init", str(tmp_path / "kit"))
    path = tmp_path / "kit" / file
    path.write_text(path.read_text("utf-8").replace(old, f'{key} = "http://[::1/api.php"'), "utf-8")
    assert f"« {key} »" in capitalise(tmp_path / "kit", "plan", "ingredients", code=2).stderr
