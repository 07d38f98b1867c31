import stat
from pathlib import Path

import pytest

from gridgov.local import places, preparation


def test_secrets_are_made_once_and_never_replaced():
    first = places.with_secrets({"GRIDGOV_INDEX_KEY": "kept"})
    assert first["GRIDGOV_INDEX_KEY"] == "kept"
    assert places.with_secrets(first) == first
    assert set(first) == set(places.SECRETS)


def test_secrets_of_two_installations_differ():
    one, other = places.with_secrets({}), places.with_secrets({})
    assert [name for name in one if one[name] == other[name]] == []


def test_environment_file_is_read_back_and_private(tmp_path):
    file = tmp_path / ".local" / "environment"
    places.write(file, {"B": "2=3", "A": "街道"})
    assert places.read(file) == {"A": "街道", "B": "2=3"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["environment"]


def test_environment_file_refuses_a_line_break(tmp_path):
    with pytest.raises(ValueError, match="NAME holds a line break"):
        places.write(tmp_path / "environment", {"NAME": "a\nB=evil"})


def test_environment_file_that_is_missing_reads_as_nothing(tmp_path):
    assert places.read(tmp_path / "environment") == {}


def test_servers_stay_beside_the_code_where_they_can():
    local = Path("/srv/gridgov/.local")
    assert places.servers_folder(local, "ab12", enter=lambda folder: True) == local / "servers"


def test_servers_move_out_of_a_closed_home():
    folder = places.servers_folder(Path("/home/clerk/gridgov/.local"), "ab12", enter=lambda folder: False)
    assert folder == Path("/var/tmp/gridgov-ab12")


def test_servers_move_when_the_socket_path_is_too_long():
    local = Path("/srv") / ("街" * 30) / ".local"
    assert places.servers_folder(local, "ab12", enter=lambda folder: True) == Path("/var/tmp/gridgov-ab12")


@pytest.mark.parametrize(("letters", "fits"), [(80, True), (81, False)])
def test_socket_path_limit_is_exact(letters, fits):
    folder = Path("/" + "x" * (letters + 10))
    assert len(str(folder / places.SOCKET)) == letters + 27
    assert places.fits(folder) is fits


def test_what_was_begun_empty_has_no_demo_roles_until_it_is_thrown_away(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "LOCAL", tmp_path / "local")
    monkeypatch.setattr(places, "ACCOUNTS", tmp_path / "local" / "accounts.json")
    assert places.trial(tmp_path)["GRIDGOV_DEMO"] == "1"
    (tmp_path / places.EMPTY).touch()
    assert places.trial(tmp_path)["GRIDGOV_DEMO"] == "0"
    preparation.load_demo(tmp_path, {})  # loads nothing: it would fail without servers
    preparation.forget_demo(tmp_path)
    assert places.trial(tmp_path) == places.TRIAL


def test_data_with_older_tables_is_refused_and_kept(tmp_path):
    preparation.refuse_older_tables(tmp_path)  # nothing there yet: from now on these tables
    preparation.refuse_older_tables(tmp_path)
    (tmp_path / "demo-loaded").touch()
    (tmp_path / "first-migrations").write_text("other tables")
    with pytest.raises(SystemExit, match="make demo-reset"):
        preparation.refuse_older_tables(tmp_path)
    (tmp_path / "first-migrations").unlink()  # made before the mark was
    with pytest.raises(SystemExit, match="make demo-reset"):
        preparation.refuse_older_tables(tmp_path)
    assert (tmp_path / "demo-loaded").exists()
