"""The private PostgreSQL: made once, reached only through a socket in a folder of its own user."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from urbangrid.config.command import debian, processes
from urbangrid.config.command.words import _, refuse

EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")
ADMINISTRATOR = "postgres"
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Cluster:
    """A database cluster in ``folder`` with its socket in ``socket_folder``."""

    folder: Path
    socket_folder: Path
    programs: Path
    throwaway: bool = False
    """For tests: no fsync, no checksums; lost with its folder."""
    user: tuple[int, int] | None = None
    """(uid, gid) of the server where the caller is root; PostgreSQL refuses to run as root."""

    def run_program(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's own programs to its end; refuses with its output."""
        uid, gid = self.user or (None, None)
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            cwd="/",  # the caller's folder may be closed to the server's user
            user=uid,
            group=gid,
            extra_groups=[] if self.user else None,
            capture_output=True,
            text=True,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
            check=False,
        )
        if done.returncode != 0:
            refuse(_("{program} 没有成功：\n{output}"), program=program, output=(done.stdout + done.stderr)[-2000:])

    def create(self) -> None:
        """initdb with UTF-8 and a UTF-8 ctype: with the ctype C, trigrams of Chinese text come out empty."""
        options = ["-U", ADMINISTRATOR, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust"]  # the socket folder is 0700
        options += ["--no-sync"] if self.throwaway else ["--data-checksums"]
        draft = self.folder.with_name(self.folder.name + ".new")  # an interrupted initdb must not look like a cluster
        shutil.rmtree(draft, ignore_errors=True)
        self.run_program("initdb", "-D", str(draft), *options)
        with (draft / "postgresql.conf").open("a") as configuration:
            configuration.write("\n# written once by urbangrid; change as you like\n")
            for name, value in settings(self.throwaway).items():
                configuration.write(f"{name} = {value}\n")
        draft.rename(self.folder)

    def command(self) -> list[str]:
        """The server as a foreground process."""
        own = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
            # a failed statement and the details of its error may hold what citizens said: neither goes to the log
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        options = [word for name, value in own.items() for word in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.folder), *options]

    def clear_the_way(self) -> None:
        """End what an earlier, killed supervisor left, and remove lock files that speak of a dead or defunct process.

        PostgreSQL refuses to start while the recorded number exists, which a zombie still does; both the data
        folder and the socket have such a file.
        """
        self._clear([(signal.SIGINT, 10.0), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 3.0)])

    def clear_what_crashed(self) -> None:
        """The same after the server ended under a supervisor that lives: its orphans hold the shared memory and are not waited for."""
        self._clear([(signal.SIGQUIT, 1.0), (signal.SIGKILL, 3.0)])

    def _clear(self, steps: list[tuple[signal.Signals, float]]) -> None:
        if left := processes.working_in(self.folder):
            processes.end(left, steps)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        (self.socket_folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def connect(self, database: str, role: str = ADMINISTRATOR) -> psycopg.Connection:
        """A connection with autocommit."""
        return psycopg.connect(host=str(self.socket_folder), user=role, dbname=database, autocommit=True, connect_timeout=5)

    def is_ready(self) -> bool:
        """Whether the server accepts connections."""
        try:
            with self.connect("postgres"):
                return True
        except psycopg.OperationalError:
            return False

    def make_database(self, name: str, role: str) -> None:
        """Role, database and extensions, as far as they are missing."""
        with self.connect("postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                statement = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(statement.format(sql.Identifier(name), sql.Identifier(role)))
        with self.connect(name) as connection:
            for extension in EXTENSIONS:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def settings(throwaway: bool) -> dict[str, str]:
    """Modest settings by the size of the machine: the platform shares it with its own web processes."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE
    chosen = {
        "shared_buffers": f"{min(max(memory // 8, 128), 4096)}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "work_mem": f"{min(max(memory // 256, 8), 64)}MB",
        "maintenance_work_mem": f"{min(max(memory // 32, 64), 1024)}MB",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
        "jit": "off",  # costs more than it gains in queries of milliseconds
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
    }
    if throwaway:
        chosen |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "256MB"}
    return chosen


def programs_for(folder: Path) -> Path:
    """Folder of the PostgreSQL programs that fit the data, or the newest for new data; refuses another version."""
    servers = debian.servers_with_postgis()
    version = folder / "PG_VERSION"
    if not version.exists():
        if not servers:
            refuse(_("没有找到带 PostGIS 的 PostgreSQL。请用 ./urbangrid 启动，它会安装。"))
        return next(iter(servers.values()))
    major = int(version.read_text())
    if major in servers:
        return servers[major]
    refuse(
        _(
            "数据在 PostgreSQL {major} 的格式里，而这台机器只有 {others}。两种办法：\n"
            "1. 装回原版本：apt-get install postgresql-{major} postgresql-{major}-postgis-3，然后重试；\n"
            "2. 升级：在有两个版本的机器上用 pg_dump {major} 导出数据库 urbangrid，把 {folder} 改名留作备份，"
            "运行 ./urbangrid up --no-demo 一次建立新库，再用 psql 导入。"
        ),
        major=major,
        others=_("、").join(str(number) for number in servers) or _("没有"),
        folder=folder,
    )


def check_external(url: str) -> None:
    """See that a database given by DATABASE_URL has extensions and rights; prints the SQL for what it may not do."""
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as failure:
        refuse(_("连不上 DATABASE_URL 所指的数据库：{failure}"), failure=failure)
    with connection:
        rows = connection.execute("SELECT extname FROM pg_extension").fetchall()
        lacking = [name for name in EXTENSIONS if (name,) not in rows]
        statements = [f"CREATE EXTENSION IF NOT EXISTS {name};" for name in lacking]
        may_create = connection.execute("SELECT has_schema_privilege('public', 'CREATE')").fetchone()
        if may_create == (False,):
            statements.append(f'GRANT CREATE ON SCHEMA public TO "{connection.info.user}";')
        try:
            for name in lacking:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
            statements = [line for line in statements if line.startswith("GRANT")]
        except psycopg.errors.InsufficientPrivilege:
            pass  # the administrator gets the whole list
        except psycopg.Error as failure:
            refuse(_("数据库服务器上没有所需的扩展（{names}）：{failure}"), names=", ".join(lacking), failure=failure)
        if statements:
            refuse(
                _("数据库用户权限不足。请让数据库管理员执行：\n\\c {database}\n{statements}\n然后重试。"),
                database=connection.info.dbname,
                statements="\n".join(statements),
            )
