"""Words of the language that look like names: ordinary.txt (persons), places.txt, orgs.txt, made by train.py, and some it misses."""

from __future__ import annotations

from importlib.resources import files

_MISSED = """
    高峰 白云 白雪 温泉 明珠 黎明 胡子 叶子 顾客 王朝 马上 小雨 多云 雷雨 白天 黄金 石油 江湖 高原 黄昏 明年 明日 金星 水星 火星 于是
    全国 万元 高手 安全 常年 成年 成果 方便 和平 和谐 平安 平等 平衡 高度 高兴 严重 严格 许可 申请人 许可证 荣获 洪水 温暖 高速 高级
    高层 古代 左右 解放 金融 金额 曾经 应当 应该 方案 方面 向前 时间 时代 时候 越来 越南 连续 通过 通知 包括 支持 支付 关于 关系 关注
    单位 党员 管理 查处 路线 水平 国家 国务 文化 华人 华语 华裔 汤圆 米饭 田地 田间 申报 项目 贡献者 古建筑 花岗岩 黄金周 金水河 杜鹃花
    黄鹤楼 金水桥 司礼监 安全性 安全带 宣传部 石英砂 金字塔 宣武门 文渊阁 武英殿 吴淞口 张家湾 农家乐 胡杨林 古文化 高高的 高新区 梅雨期
    武昌鱼 金钱豹 毛冠鹿 庄稼人 幸存者 纪念展 黄泛区 步兵营 常见病 雷阵雨 司令官 老太太 老寿星 东道主 红树林 博士后 加时赛 时髦 养老
    师生 田野 荣幸 荣膺 桑拿 祝贺 科普 养牛 杜绝 冷清 元老 白领 向海 章程 段落 谢谢 党执政 厄尔尼诺 拉尼娜 卢布 卢比 卢比亚 马拉松
    奥林匹克 纳粹 法西斯 桑巴 探戈 巧克力 沙龙 吉普 尼龙 伊斯兰 布尔什维克 托拉斯 卡拉 诺贝尔奖 比比 里克 史诗性 高增值 胡闹 林子 田螺
    但凡 才华 智慧 文明 毛泽东思想 计划 公里 公开 公司 公民 公平 公共 万一 万岁 车辆 车站 史料 牛奶 花园
    """.split()


def _load(name: str) -> frozenset[str]:
    lines = files(__package__).joinpath(name).read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


ORDINARY_NAMES = _load("ordinary.txt") | frozenset(_MISSED)
ORDINARY_PLACES = _load("places.txt")
ORDINARY_ORGS = _load("orgs.txt")
