"""What people of the made city say of a matter, by its class: the caller, the crew that put it right, the inspector who looked at it again.

Words that fit nothing in particular stand for a class that is not named here.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sayings:
    """``called``: goes on from the words of the place."""

    called: tuple[str, ...]
    done: tuple[str, ...]
    checked: tuple[str, ...]


ANY: Final = Sayings(
    ("有问题，请派人来看看。", "的问题好几天了，请尽快处理。"), ("班组到场处置完毕，现场恢复原状。", "已处置，照片附后。"),
    ("已处置，现场恢复。", "现场已恢复，照片附后。"),
)  # fmt: skip
_COVER = Sayings(
    ("的井盖松动，车一过就响。", "的井盖缺了一块，晚上看不见，很危险。", "井盖塌下去一截，请赶快来修。"),
    ("已更换井盖，恢复通行。", "井盖已复位加固，围挡撤除。", "井座重新抹平，井盖平稳无响动。"),
    ("井盖完好平稳，围挡已撤。", "新井盖与路面齐平，无响动。"),
)  # fmt: skip
_RUBBISH = Sayings(
    ("堆了一堆垃圾，味道很大。", "的垃圾两天没人收了。", "有人倒了一车渣土，挡着路。"),
    ("垃圾已清运，地面冲洗干净。", "已清运完毕，现场恢复整洁。", "渣土装车运走，路面已清扫。"),
    ("垃圾已清净，周边整洁。", "地面干净，没有残留。"),
)  # fmt: skip
_TRADING = Sayings(
    ("的店铺把货摆到人行道上，只能走马路。", "有摊贩占道，早晚过不去。", "的桌椅占了半条人行道。"),
    ("已劝导，物品收回店内。", "经营者已撤离，人行道恢复畅通。", "已责令改正，现场清理完毕。"),
    ("人行道畅通，没有占道物品。", "店外无摆放，地面整洁。"),
)  # fmt: skip
_GREEN = Sayings(
    ("的树枝断了一根，挂在半空。", "的树歪了，靠着电线。", "绿地里全是垃圾和枯枝。"),
    ("断枝已锯除清运。", "树木已扶正支撑。", "绿地已清理，补栽完毕。"), ("绿地整洁，树木稳固。", "枝叶已清，不影响通行。"),
)  # fmt: skip
_ROAD = Sayings(
    ("路面塌了一块，骑车容易摔。", "有个大坑，雨后积水看不见。", "的路面裂开了，车颠得厉害。"),
    ("坑槽已铣刨补平，恢复通行。", "路面已修补压实，围挡撤除。", "破损处重新摊铺，与原路面齐平。"),
    ("路面平整，与周边齐平。", "修补处压实，无松散。"),
)  # fmt: skip
_SWEEPING = Sayings(
    ("路上撒了一路的沙石。", "路面很脏，尘土大。", "有车漏了一路泥浆。"),
    ("已清扫冲洗，路面见本色。", "遗撒已清除，责任车辆登记在案。", "机扫两遍，人工补扫边角。"),
    ("路面干净，无遗撒。", "已清扫，无尘土堆积。"),
)  # fmt: skip
_WORKS = Sayings(
    ("施工把整条人行道围了，没留通道。", "的施工材料堆在路上。", "的护栏倒了一段，没人扶。"),
    ("已要求收缩围挡，留出通道。", "护栏已扶正固定。", "材料清走，路面恢复。"), ("通道畅通，围挡整齐。", "护栏稳固，无缺失。"),
)  # fmt: skip
OF_CLASS: Final[Mapping[str, Sayings]] = {
    "道路破损": _ROAD, "雨水井盖": _COVER, "污水井盖": _COVER, "电力井盖": _COVER, "通信井盖": _COVER,
    "暴露垃圾": _RUBBISH, "积存垃圾渣土": _RUBBISH, "乱堆物堆料": _RUBBISH,
    "店外经营": _TRADING, "无照经营游商": _TRADING, "占道废品收购": _TRADING,
    "行道树": _GREEN, "绿地脏乱": _GREEN, "道路不洁": _SWEEPING, "道路遗撒": _SWEEPING, "施工占道": _WORKS, "交通护栏": _WORKS,
    "非法小广告": Sayings(
        ("墙上贴满了小广告。", "的电线杆上又贴了开锁的广告。", "地上喷了一串电话号码。"),
        ("小广告已清除，墙面复色。", "已铲除，号码登记移交。"), ("墙面干净，没有残留。", "小广告已清，复色均匀。"),
    ),
    "机动车乱停放": Sayings(
        ("车停在盲道上，推轮椅过不去。", "人行道上停满了车。", "的消防通道被车堵了。"),
        ("车辆已挪走，设隔离桩。", "已通知车主驶离，拍照登记。"), ("通道畅通，没有停车。", "车辆已驶离。"),
    ),
    "路灯": Sayings(
        ("的路灯一连几盏不亮。", "的路灯整夜闪个不停。", "灯杆下面的小门开着，电线露在外面。"),
        ("已更换光源，恢复照明。", "线路已修复，灯门上锁。"), ("路灯已亮，灯门关好。", "照明正常。"),
    ),
    "公交站亭": Sayings(
        ("公交站亭的玻璃碎了。", "候车亭的座椅断了一条腿。"), ("玻璃已更换，碎片清走。", "座椅已焊接加固。"),
        ("站亭完好，地面无碎片。", "座椅稳固。"),
    ),
}  # fmt: skip


def called(name: str, place: str, chance: random.Random) -> str:
    """A caller's words about a matter of a class at a place."""
    return place + chance.choice(OF_CLASS.get(name, ANY).called)


def done(name: str, chance: random.Random) -> str:
    """处置情况 as the crew words it."""
    return chance.choice(OF_CLASS.get(name, ANY).done)


def checked(name: str, chance: random.Random) -> str:
    """What the inspector saw afterwards."""
    return chance.choice(OF_CLASS.get(name, ANY).checked)
