import json
import sys
from datetime import UTC, datetime

import pytest
from cryptography import x509

from gridgov.local import certificate, checks, processes, servers, supervise
from gridgov.local.listening import Listening


def test_commands_are_web_worker_and_beat(tmp_path):
    commands = supervise.commands(Listening(8123), tmp_path)
    assert list(commands) == ["web", "worker", "beat"]
    assert "--no-control-socket" in commands["web"]
    assert "127.0.0.1:8123" in commands["web"]
    assert tmp_path / "beat-schedule" in commands["beat"]


def test_accounts_are_listed_by_role(tmp_path):
    file = tmp_path / "demo-accounts.json"
    assert supervise.who_may_sign_in(file) == []
    file.write_text(
        json.dumps({"office": {"username": "wang", "password": "abc"}, "worker": {"username": "li", "password": "d"}})
    )
    assert supervise.who_may_sign_in(file) == ["office  wang  abc", "worker  li  d"]


def test_program_that_cannot_stay_up_ends_the_run(tmp_path):
    program = supervise.Program("web", [sys.executable, "-c", "raise SystemExit(3)"], {})
    program.start()
    for _ in range(supervise.FORGIVEN - 1):
        program.process.wait(20)
        program.watch()
    program.process.wait(20)
    with pytest.raises(SystemExit, match="web ended 5 times in a row"):
        program.watch()


def test_stopping_ends_a_process_that_does_not_listen(tmp_path):
    deaf = (
        "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    process = processes.spawn([sys.executable, "-c", deaf], env={}, cwd=tmp_path)
    assert process.stdout.readline() == b"deaf\n"
    processes.stop(process, patience=0.2)
    assert process.returncode == -9  # killed, not waited for until it ended by itself


def test_passwords_reach_the_addresses_over_the_socket(tmp_path):
    urls = servers.database_urls(tmp_path, {"owner": "o", "app": "a", "checker": "c"})
    assert urls["GRIDGOV_DATABASE_URL"] == f"postgis://gridgov_app:a@/{tmp_path}/s/gridgov"
    assert len(set(urls.values())) == 3


def test_no_role_of_the_program_may_pass_row_security():
    sql = servers.provision_sql({"owner": "o", "app": "a", "checker": "c"})
    assert sql.count("NOSUPERUSER NOBYPASSRLS") == 3
    assert sql.count(" CREATEDB") == 1


def test_certificate_is_kept_until_a_host_is_new(tmp_path):
    file, key = certificate.ensure(tmp_path, ["localhost", "127.0.0.1"])
    first = file.read_bytes()
    assert key.stat().st_mode & 0o077 == 0
    assert x509.load_pem_x509_certificate(first).not_valid_after_utc > datetime.now(UTC)
    assert certificate.ensure(tmp_path, ["localhost"])[0].read_bytes() == first
    certificate.ensure(tmp_path, ["localhost", "192.0.2.7"])
    assert certificate.names_of(file) == {"localhost", "192.0.2.7"}


def test_check_that_does_not_exist_is_refused_with_the_list():
    with pytest.raises(SystemExit, match=r"There is no check rough\. There are: ruff, format"):
        checks.lint(["rough"])
