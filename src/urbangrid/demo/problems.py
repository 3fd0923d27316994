"""What is found in the streets of the made city."""

PROBLEMS = (
    ("道路破损", 9), ("暴露垃圾", 12), ("店外经营", 9), ("非法小广告", 8), ("机动车乱停放", 8), ("雨水井盖", 6), ("污水井盖", 4),
    ("路灯", 5), ("行道树", 6), ("道路不洁", 6), ("占道废品收购", 2),
    ("积存垃圾渣土", 4), ("绿地脏乱", 4), ("道路遗撒", 3), ("公交站亭", 3), ("交通护栏", 3), ("施工占道", 3),
    ("无照经营游商", 6), ("电力井盖", 2), ("通信井盖", 2), ("乱堆物堆料", 4),
)  # fmt: skip
"""Class names (those that the catalogue has are used) and how often they occur."""
