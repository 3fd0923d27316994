"""Last night's backup, an empty machine, an upgrade and its way back: driven through ./urbangrid, on real data of the made city."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tests.config.test_cluster import server, start
from tests.config.test_up import _two_free_ports
from tests.faults.installation import wait_for
from tests.support.city import forget
from urbangrid.audit import signing
from urbangrid.cases.models import Case
from urbangrid.config.command import archive, backup, bootstrap, dumps, installation, keys, places, preparation
from urbangrid.config.command.cluster import Cluster
from urbangrid.config.command.words import Refused
from urbangrid.demo import commands

__all__ = ["server"]

COMMAND = str(places.CHECKOUT / "urbangrid")
PASSPHRASE = "a passphrase for tests only"
REPORTS = 4
COUNT = "SELECT count(*) FROM cases_case"
COLUMNS = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'django_session'"
EARLIER = (
    "DROP TABLE django_session; DELETE FROM django_migrations WHERE app = 'sessions';"
    " DROP FUNCTION service_requests_append_only CASCADE;"
    " DELETE FROM django_migrations WHERE app = 'service_requests' AND name LIKE '0003%'"
)
"""Back to the tables of a release without sessions and without the newest step of the requests; no other step hangs on these two."""
TAKEN = "CREATE TABLE django_session (taken int)"
"""What makes that migration fail."""


@dataclass
class Night:
    """A platform whose database is one of others (DATABASE_URL), and its backup."""

    home: Path
    data: Path
    folder: Path
    passphrase: Path
    made: Path
    cases: int
    """What the making of the city committed; a backup has exactly these."""
    url: str = ""
    """DATABASE_URL of the commands, where they shall not use a database of their own."""

    def environment(self) -> dict[str, str]:
        unwanted = {"DATABASE_URL", "URBANGRID_DATA", "URBANGRID_TESTING", "DJANGO_SETTINGS_MODULE", "PYTHONPATH", "URBANGRID_TEST_DB"}
        own = {name: value for name, value in os.environ.items() if name not in unwanted}
        return own | ({"DATABASE_URL": self.url} if self.url else {})

    def run(self, *words: str, data: str = "second") -> subprocess.CompletedProcess[str]:
        """./urbangrid on a private installation beside it."""
        place = [] if "--data" in words else ["--data", str(self.home / data)]
        command = [COMMAND, words[0], *place, *words[1:]]
        return subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=False, timeout=240)

    def killed(self, after: str, *words: str, data: str = "second") -> None:
        """The command, ended by kill -9 as soon as it has said so."""
        line = [COMMAND, words[0], "--data", str(self.home / data), *words[1:]]
        running = subprocess.Popen(line, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert running.stdout is not None
        assert any(after in said for said in running.stdout), "it ended before"
        running.kill()
        running.wait()
        running.stdout.close()

    @contextmanager
    def up(self, data: str = "second") -> Iterator[httpx.Client]:
        """The platform on these data, until the block ends; gives a browser without a sign-in."""
        output, port = self.home / "output", _two_free_ports()
        line = [COMMAND, "up", "--host", "127.0.0.1", "--port", str(port), "--data", str(self.home / data)]
        with output.open("w") as out:
            running = subprocess.Popen(line, env=self.environment(), stdout=out, stderr=out)
        try:
            wait_for(lambda: running.poll() is not None or "Ctrl-C" in output.read_text(), "it starts")
            assert running.poll() is None, output.read_text()
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=30) as browser:
                yield browser
        finally:
            self.run("down", data=data)
            running.wait(30)

    def restore(self, folder: Path | None = None, *words: str, data: str = "second") -> subprocess.CompletedProcess[str]:
        return self.run("restore", str(folder or self.folder), "--passphrase-file", str(self.passphrase), *words, data=data)

    def sql(self, statement: str, data: str = "second") -> str:
        asked = self.run("psql", "-Atc", statement, data=data)
        assert asked.returncode == 0, asked.stderr
        return asked.stdout.strip()


def _url() -> str:
    given = urlsplit(os.environ.get("DATABASE_URL", "postgresql:///urbangrid"))
    return given._replace(path="/" + quote(str(connection.settings_dict["NAME"]))).geturl()


def _arguments(night_folder: Path, **more: object) -> argparse.Namespace:
    own = {"data": None, "to": str(night_folder), "keep": 2, "keys_to": None, "without_keys": False, "passphrase_file": None}
    return argparse.Namespace(**own | more)


def _forget_keys() -> None:
    for cached in (signing._private_key, signing.key_id, signing.public_key):
        cached.cache_clear()


@pytest.fixture(scope="module")
def night(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Night]:
    """The made city with a few reports, backed up from the test's own database."""
    if not bootstrap._everything_current(bootstrap.environment_folder(), testing=False, with_pages=True):
        pytest.skip("nothing is installed here by ./urbangrid")
    home = Path(tempfile.mkdtemp(prefix="ug-"))
    home.chmod(0o755)
    data, folder, passphrase = home / "data", home / "backups", home / "passphrase"
    passphrase.write_text(PASSPHRASE + "\n")
    preparation.make_secrets(_private(data / "secrets"))
    patch = pytest.MonkeyPatch()
    patch.setattr(settings, "SIGNING_KEY_FILE", data / "secrets" / "record_signing.pem")
    patch.setattr(settings, "FILES_ROOT", data / "files")
    patch.setattr(settings, "DATA", data)
    patch.setenv("URBANGRID_DATA", str(data))
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        _forget_keys()
        try:
            forget()
            assert not Case.objects.exists(), "another run works on the same test database: give each a name of its own"
            commands.build(REPORTS, months=False)
            cases = Case.objects.count()
            patch.setenv("DATABASE_URL", _url())
            assert backup.run(_arguments(folder, passphrase_file=str(passphrase))) == 0
            _let_everyone_read(folder)
            yield Night(home, data, folder, passphrase, archive.whole(folder)[-1], cases)
        finally:
            patch.undo()
            _forget_keys()
            forget()
            call_command("flush", verbosity=0, interactive=False)
            shutil.rmtree(home)


def _private(folder: Path) -> Path:
    folder.mkdir(parents=True, mode=0o700)
    return folder


def _let_everyone_read(folder: Path) -> None:
    """The restoring command may run as the system user without the capability to read everything."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_backup_names_all_that_it_holds_and_its_keys_open_with_the_passphrase_only(night: Night, tmp_path: Path) -> None:
    manifest = archive.read_manifest(night.made)
    assert manifest is not None and archive.faults(night.made, manifest) == []
    assert manifest.tables["cases_case"] == night.cases > 0 and manifest.files > 0 and manifest.missing == manifest.damaged == []
    held = b"".join(path.read_bytes() for path in night.made.rglob("*") if path.is_file() and path.name != archive.DUMP)
    dump = subprocess.run(["strings", str(night.made / archive.DUMP)], capture_output=True, check=False).stdout
    secret = (night.data / "secrets" / "record_signing.pem").read_bytes().splitlines()[1]
    (key_backup,) = night.folder.glob("keys-*.enc")
    assert secret not in held and secret not in dump and secret not in key_backup.read_bytes()
    assert keys.unseal(key_backup, PASSPHRASE)["record_signing.pem"].splitlines()[1] == secret
    with pytest.raises(Refused) as refused:
        keys.unseal(key_backup, "another passphrase")
    assert "口令不对" in refused.value.sentence


def test_the_next_backup_copies_only_new_files_and_the_oldest_goes(night: Night, django_db_blocker: pytest.FixtureRequest) -> None:
    names: list[str] = []
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:  # type: ignore[attr-defined]
        patch.setenv("DATABASE_URL", _url())
        for _time in range(2):
            made, _manifest = backup.make(installation.find(_arguments(night.folder)), night.folder, _arguments(night.folder))
            names.append(made.name)
    first = next(archive.stored(night.made / archive.FILES))
    again = night.folder / names[0] / first.relative_to(night.made)
    assert again.stat().st_ino == first.stat().st_ino, "a second name of the same bytes"
    assert backup.prune(night.folder, 2) == 1
    assert [path.name for path in archive.whole(night.folder)] == names
    night.made = night.folder / names[-1]
    _let_everyone_read(night.folder)


def test_heads_that_are_sealed_while_the_database_is_read_are_not_in_the_backup(
    night: Night, django_db_blocker: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = night.data / "heads"
    heads.mkdir(exist_ok=True)
    (heads / "2000-01.jsonl").write_text("before\n")
    plain = dumps.snapshot

    def sealing(url: str) -> AbstractContextManager[dumps.Snapshot]:
        (heads / "2000-01.jsonl").write_text("before\nlater\n")
        return plain(url)

    monkeypatch.setattr(dumps, "snapshot", sealing)
    monkeypatch.setenv("DATABASE_URL", _url())
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        asked = _arguments(night.home, without_keys=True)
        made, _manifest = backup.make(installation.find(asked), night.home / "beside", asked)
    assert (made / "heads" / "2000-01.jsonl").read_text() == "before\n"
    (heads / "2000-01.jsonl").unlink()


def test_the_dump_has_the_rows_that_were_counted_whatever_others_commit_meanwhile(night: Night, tmp_path: Path) -> None:
    row = "INSERT INTO audit_auditrow (id, at, action, subject, purpose, values, address) VALUES (%s, now(), 'sign_out', '', '', '{}', '')"
    with psycopg.connect(_url()) as other, dumps.snapshot(_url()) as held:
        for number in range(3):
            other.execute(row, [number])
        other.commit()
        dumps.dump(_url(), held, tmp_path / "dump")
        (now,) = other.execute("SELECT count(*) FROM audit_auditrow").fetchone() or (0,)
    tool = [dumps.program("pg_restore", 0), "--data-only", "--table=audit_auditrow", "--file=-", str(tmp_path / "dump")]
    text = subprocess.run(tool, capture_output=True, text=True, check=True).stdout
    copied = text.partition("COPY ")[2].partition("\n")[2].partition("\\.\n")[0]
    assert len(copied.splitlines()) == held.tables["audit_auditrow"] == now - 3


def test_an_altered_or_torn_backup_is_never_taken_for_a_whole_one(night: Night) -> None:
    copy = night.home / "altered" / night.made.name
    shutil.copytree(night.made, copy)
    stored = next(archive.stored(copy / archive.FILES))
    content = stored.read_bytes()
    stored.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    told = night.run("backup", "verify", str(copy), "--data", str(night.home / "unused"))
    assert told.returncode == 1 and stored.name in told.stdout
    refused = night.restore(copy, "--keys", str(night.folder), data="third")
    assert refused.returncode == 1 and stored.name in refused.stderr
    assert {path.name for path in (night.home / "third").iterdir()} <= {"lock"}, "nothing half restored"
    (copy / archive.MANIFEST).write_text((copy / archive.MANIFEST).read_text().replace('"files": ', '"files": 1'))
    torn = night.restore(copy, data="third")
    assert torn.returncode == 1 and "不完整" in torn.stderr


def test_a_wrong_passphrase_and_a_backup_of_a_newer_release_are_refused_in_words(night: Night) -> None:
    wrong = night.home / "wrong"
    wrong.write_text("not this passphrase")
    refused = night.run("restore", str(night.folder), "--passphrase-file", str(wrong), data="third")
    assert refused.returncode == 1 and "口令不对" in refused.stderr
    newer = night.home / "newer" / night.made.name
    newer.mkdir(parents=True)
    manifest = archive.read_manifest(night.made)
    assert manifest is not None
    manifest.migrations.append("patrols.0001_initial")
    archive.write_manifest(newer, manifest)
    _let_everyone_read(night.home / "newer")
    refused = night.restore(newer, data="third")
    assert refused.returncode == 1 and "更新的版本" in refused.stderr and "patrols.0001_initial" in refused.stderr


def test_a_restore_that_is_killed_is_never_taken_for_an_installation(night: Night) -> None:
    for said in ("装入数据库", "验证办理经过"):
        night.killed(said, "restore", str(night.folder), "--passphrase-file", str(night.passphrase))
        asked = night.run(*(["up", "--port", str(_two_free_ports())] if said == "装入数据库" else ["psql", "-Atc", COUNT]))
        assert asked.returncode == 1 and "恢复没有做完" in asked.stderr and "./urbangrid restore" in asked.stderr


@pytest.mark.requirement("HD-12.2")
def test_an_administrator_restores_on_an_empty_machine_sees_its_health_upgrades_and_goes_back(night: Night) -> None:
    manual = (places.CHECKOUT / "docs" / "topics" / "operations.md").read_text(encoding="utf-8")
    assert "./urbangrid restore" in manual and "./urbangrid upgrade --back" in manual
    manifest = archive.read_manifest(night.made)
    assert manifest is not None
    done = night.restore()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "全部相符" in done.stdout and str(manifest.files) in done.stdout
    cases = str(manifest.tables["cases_case"])
    assert "恢复到" in done.stdout and manifest.made_at in done.stdout, "the record says of itself that it was put back"
    assert "不是空的" in night.restore().stderr, "a second restore finds the folder occupied"
    with night.up() as browser:
        _the_health_page_tells_of_queues_disk_and_adapters(browser, night.home / "second")
        _the_worker_backs_up_and_tests_restoring(night)
    assert night.sql(f"{COUNT}; {EARLIER}").splitlines()[0] == cases
    night.killed("更新数据表", "upgrade")
    assert "上一次升级没有做完" in night.run("psql", "-Atc", COUNT).stderr
    upgraded = night.run("upgrade")
    assert upgraded.returncode == 0 and "升级完成" in upgraded.stdout, upgraded.stdout + upgraded.stderr
    assert "强行中断" in upgraded.stdout and "全部相符" in upgraded.stdout
    assert night.sql(f"{COUNT}; {COLUMNS}").splitlines() == [cases, "3"]
    assert "不用升级" in night.run("upgrade").stdout, "a second upgrade does nothing"
    back = night.run("upgrade", "--back")
    assert back.returncode == 0, back.stdout + back.stderr
    assert night.sql(f"{COUNT}; {COLUMNS}; {TAKEN}").splitlines()[:2] == [cases, "0"]


def _the_health_page_tells_of_queues_disk_and_adapters(browser: httpx.Client, data: Path) -> None:
    """As the system administrator sees it, with the password that this installation gave him."""
    accounts = json.loads((data / "secrets" / "demo_accounts.json").read_text())
    browser.get("/sign-in/")
    form = {"username": "guanli", "password": accounts["guanli"]["password"], "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    browser.post("/sign-in/", data=form)
    text = ""

    def shown() -> bool:
        nonlocal text
        text = re.sub(r"<[^>]+>|\s+", " ", browser.get("/admin/health/").text)
        return "毫秒内应答" in text and "秒前有动静" in text

    wait_for(shown, "live process and worker show on the health page")
    for line in ("待送达", "作业", "磁盘", "文件库", "实时进程", "时间戳", "库外树头", "备份", "恢复演练", "记录封存"):
        assert line in text, line


def _the_worker_backs_up_and_tests_restoring(night: Night) -> None:
    """The nightly job in the real worker, with its real commands: asked for, and where its minute strikes in between, one of the two."""
    job = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)"
        " VALUES ('default', 'nightly_backup', 'nightly_backup', '{\"timestamp\": 0}')"
    )
    night.sql(job)

    def tested() -> bool:
        kept = json.loads((night.home / "second" / "operations.json").read_text())
        said = (night.home / "second" / "logs" / "worker.log").read_text()
        return bool(kept.get("restore_test", {}).get("ok")) and "恢复演练通过" in said

    wait_for(tested, "the worker's backup and restore test")
    (made,) = archive.whole(night.home / "second" / "backups")
    assert not list((night.home / "second").glob("restore-test-*")), "nothing of it stays but its date"
    assert (manifest := archive.read_manifest(made)) and manifest.missing == [] and manifest.tables["cases_case"] > 0


def test_an_upgrade_that_fails_leaves_the_data_as_it_was_and_a_newer_database_is_refused(night: Night) -> None:
    failed = night.run("upgrade")  # the step finds the name of its table taken
    assert failed.returncode == 1 and "已复原到升级之前" in failed.stdout, failed.stdout + failed.stderr
    later = "INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '9999_from_later', now())"
    assert night.sql(f"{COLUMNS}; {later}").splitlines()[0] == "1"
    refused = night.run("upgrade")
    assert refused.returncode == 1 and "cases.9999_from_later" in refused.stderr


def test_a_database_given_by_its_address_is_restored_into_and_upgraded_in_the_same_way(night: Night, server: Cluster) -> None:
    process = start(server)
    server.make_database("given", "grid")
    there = replace(night, url=f"postgresql://grid@/given?host={quote(str(server.socket_folder), safe='')}")
    done = there.restore(data="outside")
    assert done.returncode == 0 and "全部相符" in done.stdout, done.stdout + done.stderr
    assert "已有平台的数据" in there.restore(data="another").stderr, "what is there is not written over"
    assert there.sql(f"{COUNT}; {EARLIER}", data="outside").splitlines()[0] == str(night.cases)
    upgraded = there.run("upgrade", data="outside")
    assert upgraded.returncode == 0 and "升级前的备份在" in upgraded.stdout, upgraded.stdout + upgraded.stderr
    assert there.sql(f"{COUNT}; {COLUMNS}", data="outside").split() == [str(night.cases), "3"]
    (before,) = archive.whole(night.home / "outside" / "backups")
    assert (manifest := archive.read_manifest(before)) and not any(one.startswith("sessions.") for one in manifest.migrations)
    assert "DATABASE_URL" in there.run("upgrade", "--back", data="outside").stderr
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
