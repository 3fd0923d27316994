"""The private PostgreSQL of an installation."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from urbangrid.config.command import cluster, places
from urbangrid.config.command.cluster import Cluster


@pytest.fixture
def server() -> Iterator[Cluster]:
    """An empty cluster; the path is short because of its socket."""
    owner = places.service_user() if os.geteuid() == 0 else None
    if os.geteuid() == 0 and owner is None:
        pytest.skip("root without the system user that ./urbangrid makes")
    home = Path(tempfile.mkdtemp(prefix="ug-"))
    if owner:
        os.chown(home, owner.pw_uid, owner.pw_gid)
    user = (owner.pw_uid, owner.pw_gid) if owner else None
    made = Cluster(home / "data", home, cluster.programs_for(home / "data"), throwaway=True, user=user)
    made.create()
    yield made
    made.clear_the_way()
    shutil.rmtree(home)


def start(server: Cluster) -> subprocess.Popen[bytes]:
    uid, gid = server.user or (None, None)
    process = subprocess.Popen(server.command(), cwd="/", user=uid, group=gid, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while not server.is_ready():
        assert process.poll() is None and time.monotonic() < until, "the server does not start"
        time.sleep(0.05)
    return process


def test_its_database_has_the_extensions_a_utf8_ctype_and_an_owner_without_power(server: Cluster) -> None:
    process = start(server)
    server.make_database("city", "grid")
    server.make_database("city", "grid")  # a second start finds everything there
    with server.connect("city", "grid") as connection:
        names = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
        assert set(cluster.EXTENSIONS) <= names
        assert connection.execute("SELECT show_trgm('网格')").fetchone() != ([],)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE ROLE intruder SUPERUSER")
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0


def test_it_can_be_reached_only_through_its_private_socket(server: Cluster) -> None:
    process = start(server)
    with server.connect("postgres") as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert server.folder.stat().st_mode & 0o077 == 0
    assert next(server.socket_folder.glob(".s.PGSQL.*")).stat().st_mode & 0o077 == 0
    process.send_signal(signal.SIGQUIT)
    process.wait(20)


def test_killed_and_not_yet_reaped_it_starts_again_at_once(server: Cluster) -> None:
    killed = start(server)
    killed.kill()  # not waited for: the defunct process still has its number
    server.clear_the_way()
    again = start(server)
    assert Path(f"/proc/{killed.pid}/stat").read_text().split()[2] == "Z"
    again.send_signal(signal.SIGQUIT)
    again.wait(20)
    killed.wait()


def test_a_server_left_over_from_a_killed_supervisor_is_ended_before_the_next_start(server: Cluster) -> None:
    left = start(server)
    server.clear_the_way()
    assert left.wait(1) == 0, "fast shutdown: nothing is lost"
    again = start(server)
    again.send_signal(signal.SIGQUIT)
    again.wait(20)


def test_data_of_another_major_version_is_refused_with_the_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "PG_VERSION").write_text("9\n")
    with pytest.raises(SystemExit):
        cluster.programs_for(tmp_path)
    assert "postgresql-9-postgis-3" in capsys.readouterr().err


def test_a_database_whose_user_may_not_add_extensions_gets_the_exact_sql(server: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    process = start(server)
    with server.connect("postgres") as connection:
        connection.execute("CREATE ROLE clerk LOGIN")
        connection.execute("CREATE DATABASE bare")
    with pytest.raises(SystemExit):
        cluster.check_external(f"postgresql://clerk@/bare?host={server.socket_folder}")
    told = capsys.readouterr().err
    assert "\\c bare" in told and "CREATE EXTENSION IF NOT EXISTS postgis;" in told
    assert 'GRANT CREATE ON SCHEMA public TO "clerk";' in told
    cluster.check_external(f"postgresql://{cluster.ADMINISTRATOR}@/bare?host={server.socket_folder}")
    process.send_signal(signal.SIGQUIT)
    process.wait(20)
