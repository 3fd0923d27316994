"""The words of the command line. A command whose code is not in this release is not offered."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, NoReturn

from urbangrid.config.command import places, words_of_operation, words_of_process
from urbangrid.config.command.words import _

Commands = argparse._SubParsersAction  # argparse has no public name for it


PASSING_ON = {"test", "psql"}
"""Commands that hand their remaining words to another program."""


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line; ``arguments`` holds the words for another program (argparse would take their options). ``--data`` may stand
    anywhere: before the command, within its two words, behind what is passed on."""
    own, data = _without_data(argv)
    passed = list[str]()
    if own and own[0] in PASSING_ON:
        end = 1
        while end < len(own) and own[end] in ("--data", "-h", "--help"):
            end += 1
        own, passed = own[:end], own[end:]
    args = build().parse_args(own)
    args.arguments = passed
    args.data = data if data is not None else args.data
    return args


def _without_data(argv: Sequence[str]) -> tuple[list[str], str | None]:
    """The words without ``--data FOLDER``, and the folder; one that lacks its folder stays, for argparse to say so."""
    words, found, place = list[str](), None, 0
    while place < len(argv):
        name, sign, value = argv[place].partition("=")
        if argv[place] == "--":
            return [*words, *argv[place:]], found
        if name == "--data" and (sign or place + 1 < len(argv)):
            found = value if sign else argv[place + 1]
            place += 1 if sign else 2
            continue
        words.append(argv[place])
        place += 1
    return words, found


class Speaking(argparse.ArgumentParser):
    """A parser whose headings are in the language of its words; its subparsers are of its kind."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, add_help=False)
        self._positionals.title, self._optionals.title = _("命令和参数"), _("选项")  # argparse has no public name for them
        self.add_argument("-h", "--help", action="help", help=_("显示这段说明"))

    def format_help(self) -> str:
        return super().format_help().replace("usage: ", _("用法："), 1)

    def format_usage(self) -> str:
        return super().format_usage().replace("usage: ", _("用法："), 1)

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        said, _between, offered = message.partition(" (choose from ")
        names = [name.strip("'") for name in offered.removesuffix(")").split(", ") if name and not name.startswith("'_")]
        listed = _("可用的有：%(names)s。") % {"names": _("、").join(names)} if names else ""
        self.exit(2, _("命令行看不懂（%(said)s）。%(listed)s%(prog)s --help 说明各命令和选项。")
                  % {"said": said, "listed": listed, "prog": self.prog} + "\n")  # fmt: skip


def build() -> argparse.ArgumentParser:
    """The parser with every command that this release can run."""
    parser: argparse.ArgumentParser = Speaking(prog="./urbangrid", description=_("城市网格化管理平台的命令"))
    commands = parser.add_subparsers(dest="command", metavar=_("命令"), required=True)
    _add_up(commands)
    _command(commands, "down", "urbangrid.config.command.up:down", _("停止正在运行的平台"))
    _command(
        commands,
        "test",
        "urbangrid.config.command.testing:run",
        _("运行全部检查和测试；其后的参数原样交给 pytest，且只运行 pytest"),
    )
    words_of_operation.add(commands, _command)
    _add_training(commands)
    _add_imports(commands)
    _add_data_commands(commands)
    _command(commands, "check", "urbangrid.config.command.checking:run", _("自检：逐项检查数据库、存储、进程和各接口，打印是否通过"))
    _add_accounts(commands)
    _add_platforms(commands)
    listed = _command(commands, "requirements", "urbangrid.config.command.requirements:run", _("按组和优先级列出有测试证明的需求条目"))
    listed.add_argument("--to", metavar="FILE", help=_("写出测试文档：每条需求由哪些测试证明、结果和时刻（.md 或 .csv）"))
    bill = _command(commands, "sbom", "urbangrid.config.command.sbom:run", _("写出软件物料清单（CycloneDX）：组成部分、版本、许可证"))
    bill.add_argument("--to", required=True, metavar="FILE", help=_("写到哪个文件"))
    words = _command(commands, "dictionary", "urbangrid.config.dictionary:run", _("由数据模型写出数据字典（中英文）"), database=True)
    words.add_argument("--to", metavar="FILE", help=_("写到哪个文件（默认 docs/data-dictionary.md）"))
    texts = _command(commands, "messages", "urbangrid.config.commands_messages:run", _("收集要翻译的文字，列出还没有英文的"))
    texts.add_argument("--check", action="store_true", help=_("只核对，不写文件"))
    _command(commands, "psql", "urbangrid.config.command.tools:psql", _("在平台数据库上打开 psql；其后的参数原样交给 psql"))
    _command(commands, "shell", "urbangrid.config.command.tools:shell", _("打开已装载平台的 Python"))
    _hidden(commands)
    return parser


def _command(
    commands: Commands[argparse.ArgumentParser], name: str, target: str, text: str, *, database: bool = False
) -> argparse.ArgumentParser:
    """One command: ``target`` is module:function, loaded only when run; ``database``: it needs the tables."""
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(target=target, database=database)
    parser.add_argument("--data", metavar=_("文件夹"), help=_("数据文件夹（默认：root 在 /var/lib/urbangrid，普通用户在其主目录）"))
    return parser


def _add_up(commands: Commands[argparse.ArgumentParser]) -> None:
    up = _command(commands, "up", "urbangrid.config.command.up:run", _("启动平台，直到 Ctrl-C 或 down"))
    up.add_argument("--port", type=int, metavar=_("端口"), help=_("网页端口（默认 8000；其后一个端口用于实时消息）"))
    up.add_argument("--host", metavar=_("地址"), default="0.0.0.0", help=_("监听的地址（默认全部）"))  # noqa: S104
    up.add_argument("--model", type=_model, metavar=_("模式"), help=_("演示城市的组织模式：a、b、c、d 或 e（默认 a）"))
    up.add_argument("--clock", type=_hour, metavar="HH:MM", help=_("演示时钟：新建的演示城市从下一个工作日的这个时刻开始，如 09:40"))
    up.add_argument("--no-demo", action="store_true", help=_("不建立演示城市"))
    up.add_argument("--tls", action="store_true", help=_("用 HTTPS（自建证书，或 URBANGRID_TLS_CERT/KEY 所指的证书）；手机定位需要"))
    up.add_argument("--from", dest="bundle", metavar=_("安装包"), help=_("用离线安装包里的程序和软件包启动，不用网络"))
    up.add_argument("--bundle-key", metavar=_("公钥"), help=_("核对安装包签名的公钥（PEM）"))


def _add_training(commands: Commands[argparse.ArgumentParser]) -> None:
    """A copy to practise on; ``--data`` names the platform beside which it stands."""
    target, words = "urbangrid.config.command.training", _("培训副本：平台旁边一份可以随时复原的练习环境")
    actions = commands.add_parser("training", help=words, description=words).add_subparsers(dest="action", metavar=_("动作"), required=True)
    up = _command(actions, "up", f"{target}:run", _("启动培训副本，直到 Ctrl-C 或 training down；第一次先照平台的配置建立"))
    up.add_argument("--port", type=int, metavar=_("端口"), help=_("网页端口（默认 8100；其后一个端口用于实时消息）"))
    up.add_argument("--host", metavar=_("地址"), default="0.0.0.0", help=_("监听的地址（默认全部）"))  # noqa: S104
    up.add_argument("--model", type=_model, metavar=_("模式"), help=_("没有正式平台时，演示城市的组织模式：a、b、c、d 或 e（默认 a）"))
    up.add_argument("--anew", action="store_true", help=_("照平台现在的配置重建（原来的副本删除）"))
    up.add_argument("--tls", action="store_true", help=_("用 HTTPS（自建证书）；手机定位需要"))
    _command(actions, "reset", f"{target}:reset", _("把培训副本复原到刚建立时的样子；可以正在运行"))
    _command(actions, "down", f"{target}:down", _("停止培训副本"))


MODELS = ("a", "b", "c", "d", "e")


def _model(text: str) -> str:
    """The letter of an organisational model; the file's name (model_b) is understood too."""
    letter = text.strip().lower().removeprefix("model_")
    if letter not in MODELS:
        raise argparse.ArgumentTypeError(_("没有“{text}”这个组织模式，可选 {known}").format(text=text[:20], known=_("、").join(MODELS)))
    return letter


def _add_imports(commands: Commands[argparse.ArgumentParser]) -> None:
    kinds = {
        "divisions": ("urbangrid.grids.commands:import_divisions", _("导入区划边界和代码表")),
        "cases": ("urbangrid.config.commands_history:import_cases", _("导入历史案件")),
    }
    offered = {kind: entry for kind, entry in kinds.items() if _exists(entry[0])}
    if offered:
        importer = commands.add_parser("import", help=_("导入外部数据"), description=_("导入外部数据"))
        sorts = importer.add_subparsers(dest="kind", metavar=_("种类"), required=True)
        for kind, (target, text) in offered.items():
            one = _command(sorts, kind, target, text, database=True)
            one.add_argument("file", metavar="FILE", help=_("要导入的文件"))
            one.add_argument("--mapping", required=True, metavar="MAPPING", help=_("对应关系文件（TOML）"))
            if kind == "divisions":
                one.add_argument("--codes", metavar=_("文件夹"), help=_("代码表所在文件夹（默认按对应关系文件）"))
                one.add_argument("--platform", metavar=_("代码"), help=_("平台代码（只有一个平台时不用写）"))


def _add_grids(generate: argparse.ArgumentParser) -> None:
    """What cells are made of: squares of a size, one cell per community, or drawn ones."""
    made_of = generate.add_mutually_exclusive_group(required=True)
    made_of.add_argument("--size", type=float, metavar="METRES", help=_("网格边长（米），如 100"))
    made_of.add_argument("--one-cell", action="store_true", help=_("一个社区为一个网格"))
    made_of.add_argument("--drawn", metavar="FILE", help=_("为已绘制的网格图形自动编码"))
    generate.add_argument("--layer", metavar=_("图层"), help=_("网格图层（默认 unit，即案件所用；--one-cell 默认 community）"))
    generate.add_argument("--district", action="append", metavar=_("区县"), help=_("只生成这个区县（代码或名称），可多次写"))
    generate.add_argument("--platform", metavar=_("代码"), help=_("平台代码（只有一个平台时不用写）"))


def _add_data_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    if generate := _group(commands, "grids", "generate", "urbangrid.grids.commands:generate", _("生成单元网格")):
        _add_grids(generate)
    if _exists("urbangrid.config.commands_replay:replay"):
        replay = _command(commands, "replay", "urbangrid.config.commands_replay:replay", _("把外部上报逐件办到结案"), database=True)
        replay.add_argument("file", metavar="FILE", help=_("上报数据文件"))
        replay.add_argument("--mapping", required=True, metavar="MAPPING", help=_("对应关系文件（TOML）"))
        replay.add_argument("--count", type=int, required=True, metavar="N", help=_("件数"))
    if _exists("urbangrid.demo.commands:reset"):
        _add_demo(commands)
    _add_bench(commands)
    words_of_process.add(commands, _command)
    _add_proof(commands)
    _add_audit(commands)


def _add_demo(commands: Commands[argparse.ArgumentParser]) -> None:
    """The made city: its size is one number, 1 is 40 km²."""
    outer = commands.add_parser("demo", help=_("演示城市"), description=_("演示城市"))
    actions = outer.add_subparsers(dest="action", metavar=_("动作"), required=True)
    make = _command(actions, "make", "urbangrid.demo.commands:make", _("在空的数据库里建立演示城市"), database=True)
    make.add_argument("--scale", type=_scale, default=0.25, metavar="N", help=_("规模：1 是 40 平方公里，可用 0.04 到 12（默认 0.25）"))
    make.add_argument("--seed", type=int, default=20261120, metavar="S", help=_("随机种子：同样的规模和种子总是同一座城市"))
    make.add_argument("--model", type=_model, metavar=_("模式"), help=_("组织模式：a、b、c、d 或 e（默认 a）"))
    make.add_argument("--reports", type=int, default=60, metavar="N", help=_("最近一天逐步办理的上报件数（默认 60，0 为只建城市）"))
    make.add_argument("--no-months", dest="months", action="store_false", help=_("不生成上月和本月的案件"))
    reset = _command(actions, "reset", "urbangrid.config.commands_demo:reset", _("重建演示城市（只删除演示数据）"), database=True)
    reset.add_argument("--model", type=_model, metavar=_("模式"), help=_("组织模式：a、b、c、d 或 e（默认不变）"))
    reset.add_argument("--scale", type=_scale, metavar="N", help=_("规模（默认不变）"))
    reset.add_argument("--seed", type=int, metavar="S", help=_("随机种子（默认不变）"))
    reset.add_argument("--clock", type=_hour, metavar="HH:MM", help=_("演示时钟：从下一个工作日的这个时刻开始，如 09:40；平台须先停止"))
    what = _("演练：程序办理演示城市案件所经的各环节，不动访客办理过的案件；登录页列出的岗位，每个队列留几件给访客")
    robots = _command(commands, "simulate", "urbangrid.demo.commands_simulate:simulate", what, database=True)
    robots.add_argument("--speed", type=_speed, default=60.0, metavar="N", help=_("几倍速（默认 60：一秒当一分钟）"))
    robots.add_argument("--hours", type=float, default=24.0, metavar="H", help=_("演练多少个小时（按倍速计，默认 24）"))
    robots.add_argument("--posts", metavar=_("岗位"), help=_("只演练这些岗位，用逗号隔开，如 seat_agent,dispatcher"))
    robots.add_argument("--all", action="store_true", help=_("什么也不留：登录页列出的岗位也办完"))


def _hour(text: str) -> time:
    """A time of day, to the minute."""
    try:
        return datetime.strptime(text.strip(), "%H:%M").time()  # noqa: DTZ007 - an hour of whatever day comes
    except ValueError:
        raise argparse.ArgumentTypeError(_("“{text}”不是时刻，请写成 09:40").format(text=text[:20])) from None


LEAST_SCALE, MOST_SCALE = 0.04, 12.0
"""As ``demo.plan.making`` says; the command line is read before the program's own packages."""


def _speed(text: str) -> float:
    """How many times faster than life."""
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.1 <= speed <= 10_000:
        raise argparse.ArgumentTypeError(_("倍速是 0.1 到 10000 之间的数"))
    return speed


def _scale(text: str) -> float:
    """The size of the made city."""
    try:
        scale = float(text)
    except ValueError:
        scale = 0.0
    if not LEAST_SCALE <= scale <= MOST_SCALE:
        words = _("规模“{text}”不在 {least:g} 到 {most:g} 之间")
        raise argparse.ArgumentTypeError(words.format(text=text[:20], least=LEAST_SCALE, most=MOST_SCALE))
    return scale


def _add_audit(commands: Commands[argparse.ArgumentParser]) -> None:
    outer = commands.add_parser("audit", help=_("核验和导出记录"), description=_("核验和导出记录"))
    actions = outer.add_subparsers(dest="action", metavar=_("动作"), required=True)
    verify = _command(actions, "verify", "urbangrid.cases.commands:verify", _("核验办理经过、审计和日志"), database=True)
    verify.add_argument("--jobs", type=int, metavar="N", help=_("同时用几个进程（默认按处理器数）"))
    verify.add_argument("--heads", action="append", metavar="FILE", help=_("另外比对的树头文件，可多次写"))
    export = _command(actions, "export", "urbangrid.cases.commands_export:export", _("为审计人员导出记录和核验程序"), database=True)
    export.add_argument("--to", required=True, metavar=_("文件夹"), help=_("写到这个文件夹（新建）"))
    export.add_argument("--case", action="append", metavar=_("案卷号"), help=_("只导出这些案件，可多次写"))
    for one in (verify, export):
        one.add_argument("--since", metavar="HEAD", help=_("自这个树头起（条数，或其摘要的前几位）"))


def _add_proof(commands: Commands[argparse.ArgumentParser]) -> None:
    text = _("用随机的一天天证明流程（在另建的数据库里，不动平台的数据）")
    prove = _group(commands, "prove", "process", "urbangrid.config.commands_prove:run", text, database=False)
    if prove is not None:
        prove.add_argument("--steps", type=int, metavar="N", help=_("每个模式多少步（默认 20000）"))
        prove.add_argument("--seed", type=int, metavar="N", help=_("随机种子（默认随机，会打印出来）"))
        prove.add_argument("--model", type=_model, metavar=_("模式"), help=_("只用一个组织模式：a、b、c、d 或 e（默认全部）"))


def _add_bench(commands: Commands[argparse.ArgumentParser]) -> None:
    """Measurements; each kind stands in a module of its own."""
    kinds = {
        "cases": ("urbangrid.config.bench:run", _("测量列表、详情和办理的开销")),
        "queue": ("urbangrid.config.bench_queue:run", _("测量三十个坐席同时取下一件")),
        "live": ("urbangrid.config.bench_live:run", _("测量一千个浏览器的实时消息")),
        "uploads": ("urbangrid.config.bench_uploads:run", _("测量慢速上传时的列表")),
        "pages": ("urbangrid.config.bench_pages:run", _("测量网页的开销")),
        "sheets": ("urbangrid.config.bench_sheets:run", _("测量二十张派遣单和台账导出")),
    }
    offered = {kind: entry for kind, entry in kinds.items() if _exists(entry[0])}
    if not offered:
        return
    words = _("测量平台的开销，与预算相比")
    sorts = commands.add_parser("bench", help=words, description=words).add_subparsers(dest="kind", metavar=_("种类"), required=True)
    for kind, (target, text) in offered.items():
        one = _command(sorts, kind, target, text, database=True)
        one.add_argument("--rows", type=_sizes, metavar="N[,N]", help=_("案件数（默认 100000）"))
        one.add_argument("--json", action="store_true", help=_("以 JSON 输出"))
        if kind == "live":
            one.add_argument("--browsers", type=int, default=1000, metavar="N", help=_("浏览器数（默认 1000）"))
        if kind == "cases":
            one.add_argument("--compare", action="store_true", help=_("比较十万件与一百万件（同 --rows 100000,1000000）"))


def _sizes(text: str) -> list[int]:
    """Numbers of cases, as ``100000,1000000``."""
    return [int(part) for part in text.split(",")]


def _add_accounts(commands: Commands[argparse.ArgumentParser]) -> None:
    """What the operator does where no page can help yet."""
    text = _("首批管理员和丢失的第二步")
    sorts = commands.add_parser("accounts", help=text, description=text).add_subparsers(dest="action", metavar=_("动作"), required=True)
    target = "urbangrid.config.commands_accounts"
    first = _command(sorts, "first-administrators", f"{target}:first_administrators", _("建立平台和三个管理员"), database=True)
    first.add_argument("--model", type=_model, default="a", metavar=_("模式"), help=_("组织模式：a、b、c、d 或 e（默认 a）"))
    for option, words in {"code": _("行政区划代码"), "name": _("中心全称"), "short-name": _("案卷号前的简称")}.items():
        first.add_argument(f"--{option}", metavar=_("文字"), help=_("没有平台时须写：{words}").format(words=words))
    for option, words in {"system": _("系统管理员"), "security": _("安全管理员"), "audit": _("审计管理员")}.items():
        first.add_argument(f"--{option}", metavar=_("姓名"), help=_("{words}的姓名").format(words=words))
    reset = _command(sorts, "reset-second-step", f"{target}:reset_second_step", _("重设一个账号的第二步"), database=True)
    reset.add_argument("username", metavar=_("账号"))
    words = _("取消“只能在已准入的终端上登录”，用于没有一台准入终端可用时")
    _command(sorts, "any-device", f"{target}:any_device", words, database=True)


def _add_platforms(commands: Commands[argparse.ArgumentParser]) -> None:
    """Districts as tenants of the city, and the seats of its establishment."""
    text = _("区级平台（模式 d）、编制内账号")
    sorts = commands.add_parser("platform", help=text, description=text).add_subparsers(dest="action", metavar=_("动作"), required=True)
    target = "urbangrid.config.commands_platform"
    one = _command(sorts, "open", f"{target}:open_district", _("开通一个区级平台：指挥中心、部门、岗位、管理员"), database=True)
    one.add_argument("--division", required=True, metavar=_("代码"), help=_("区（县）的区划代码"))
    one.add_argument("--name", metavar=_("文字"), help=_("平台名称（默认区划名称）"))
    one.add_argument("--short-name", metavar=_("文字"), help=_("简称"))
    one.add_argument("--file", metavar="FILE", help=_("填好的样表（.xlsx），可以以后再填"))
    seats = _command(sorts, "staff", f"{target}:staff", _("按模式规定的编制，为还没有人的岗位各建一个账号"), database=True)
    seats.add_argument("--simulated", action="store_true", help=_("演示或培训用的人员"))
    form = _command(sorts, "form", f"{target}:sample", _("写出空白样表"), database=True)
    form.add_argument("--to", required=True, metavar="FILE", help=_("写到哪个文件"))


def _group(
    commands: Commands[argparse.ArgumentParser], group: str, name: str, target: str, text: str, *, database: bool = True
) -> argparse.ArgumentParser | None:
    """A command of two words, or None where its module is not in this release."""
    if not _exists(target):
        return None
    outer = commands.add_parser(group, help=text, description=text)
    return _command(outer.add_subparsers(dest="action", metavar=_("动作"), required=True), name, target, text, database=database)


def _hidden(commands: Commands[argparse.ArgumentParser]) -> None:
    """What the supervisor starts for itself; not listed in the help."""
    for name, target in {
        "_prepare": "urbangrid.config.command.preparation:run",
        "_pending": "urbangrid.config.command.preparation:pending",
        "_tables": "urbangrid.config.command.preparation:tables",
        "_training": "urbangrid.config.command.preparation:training_copy",
        "worker": "urbangrid.config.worker:main",
    }.items():
        if _exists(target):
            commands.add_parser(name).set_defaults(target=target, database=False, data=None)


def _exists(target: str) -> bool:
    return places.has_module(target.partition(":")[0])
