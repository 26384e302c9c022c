"""Units as data: what a written unit counts, and what one of it is worth in a common unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit counts; `factor` turns a number of it into one of the common unit `normalized`."""

    kind: str  # money | count | ratio | duration | measure | ordinal | anniversary
    normalized: str
    factor: Decimal = Decimal(1)
    is_loose: bool = False  # also part of ordinary words: a Chinese numeral before it must begin a word


_ROWS = (  # kind, common unit, worth of one in it, loose, units as written
    ("money", "CNY", "1", False, "元 元人民币 块钱 人民币元"),
    ("money", "USD", "1", False, "美元 美金"),
    ("money", "EUR", "1", False, "欧元"),
    ("money", "HKD", "1", False, "港元 港币 元港币"),
    ("money", "JPY", "1", False, "日元 日圆"),
    ("money", "GBP", "1", False, "英镑"),
    ("money", "KRW", "1", False, "韩元"),
    ("money", "RUB", "1", False, "卢布"),
    ("money", "TWD", "1", False, "新台币"),
    ("ratio", "ratio", "0.01", False, "% ％"),
    ("ratio", "ratio", "0.001", False, "‰"),
    ("ratio", "ratio", "0.1", True, "成"),
    ("ratio", "percentage_point", "1", False, "个百分点 百分点"),
    ("ratio", "multiple", "1", False, "倍"),
    ("duration", "month", "12", False, "年"),
    ("duration", "month", "1", False, "个月"),
    ("duration", "month", "3", False, "个季度"),
    ("duration", "month", "1200", False, "个世纪 世纪"),
    ("duration", "day", "1", False, "天 日 昼夜"),
    ("duration", "day", "7", False, "周 星期 个星期"),
    ("duration", "workday", "1", False, "个工作日 工作日"),
    ("duration", "hour", "1", False, "小时 个小时 学时 课时"),
    ("duration", "hour", "0.016666666666666666667", False, "分钟"),
    ("duration", "second", "1", False, "秒 秒钟"),
    ("anniversary", "anniversary_year", "1", False, "周年"),
    ("age", "year", "1", False, "岁 周岁"),
    ("ordinal", "ordinal", "1", False, "届"),
    ("count", "person", "1", False, "人 名 位 口人"),
    ("count", "person_time", "1", False, "人次 人次数"),
    ("count", "household", "1", False, "户"),
    ("count", "org", "1", False, "家"),
    ("count", "times", "1", True, "次 回 场次 班次 案次 件次 台次 架次 批次"),
    ("count", "item", "1", True, "个 项 条 件 种 类 款 宗 起 例 篇 部 册 卷 份 封 幅 张 枚 台 套 辆 艘 架 列 座 栋 幢 间 所 处 道 床"),
    ("count", "item", "1", True, "席 门 盏 块 片 根 支 只 头 匹 棵 株 朵 期 批 场 届次 字 本 对 双 组 排 层 级 站 股 笔 箱 袋 瓶 盒"),
    ("count", "item", "1", True, "桶"),
    ("phrase_count", "item", "1", True, "大"),
    ("phrase_count", "party", "1", True, "方"),
    ("measure", "m2", "1", False, "平方米 平米 ㎡ m2 m²"),
    ("measure", "m2", "1000000", False, "平方公里 平方千米"),
    ("measure", "m2", "666.66666666666666667", False, "亩"),
    ("measure", "m2", "10000", False, "公顷"),
    ("measure", "m3", "1", False, "立方米"),
    ("measure", "m", "1", False, "米"),
    ("measure", "m", "1000", False, "公里 千米 km"),
    ("measure", "m", "500", True, "里"),
    ("measure", "m", "1852", False, "海里"),
    ("measure", "m", "0.01", False, "厘米"),
    ("measure", "m", "0.001", False, "毫米"),
    ("measure", "kg", "1", False, "公斤 千克 kg"),
    ("measure", "kg", "1000", False, "吨"),
    ("measure", "kg", "0.5", True, "斤"),
    ("measure", "kg", "0.001", True, "克"),
    ("measure", "kg", "0.000001", False, "毫克"),
    ("measure", "l", "1", True, "升"),
    ("measure", "l", "0.001", False, "毫升"),
    ("measure", "w", "1000", False, "千瓦"),
    ("measure", "w", "1000000", False, "兆瓦"),
    ("measure", "kwh", "1", False, "千瓦时 度电"),
    ("measure", "celsius", "1", False, "摄氏度 ℃"),
    ("measure", "m_per_s", "1", False, "米/秒"),
    ("measure", "km_per_h", "1", False, "公里/小时"),
)

UNITS: dict[str, Unit] = {
    word: Unit(kind, normalized, Decimal(factor), is_loose)
    for kind, normalized, factor, is_loose, words in _ROWS for word in words.split()
}

LONGEST_UNIT = max(map(len, UNITS))

# A unit of one character is none where the next character makes another word of it: 三方面, 一家人, 两级联动, 五日报.
WORD_INSTEAD = {
    "方": "面向式法针位案便", "成": "员立功为果本就熟份分效都绩群人年交品长", "家": "庭长具乡人",
    "大": "家小学量队型会道街地路桥厦概力部多约致体连", "个": "性体别", "次": "日年于要序品会", "条": "例件款约文",
    "人": "民员事才大均口物力工身称格间们士心", "日": "常报益期程志", "年": "级度代龄轻货薪会费报检均鉴金", "部": "门分委署队长",
    "里": "程面", "元": "旦素首件老帅", "户": "籍口外型", "位": "置于", "类": "似型别", "份": "额", "起": "草诉来点源步施见",
    "门": "户槛诊口市", "道": "路德理", "组": "织成建合长", "对": "于象待应外策比接方照", "层": "次面", "级": "别", "站": "点",
    "期": "间限货", "场": "所地", "本": "级条法市省县区办规例人身质", "字": "样", "件": "数", "项": "目", "名": "称义单额录誉",
    "天": "然津气空", "周": "边期围", "股": "东份权", "排": "放名污水查", "款": "项", "支": "付持出部队", "处": "理罚分置以于所长",
    "所": "有在属得以述称", "只": "能有要是", "种": "植类子", "批": "准评复发", "头": "脑", "回": "收避购", "台": "湾账", "升": "级",
    "克": "服", "斤": "两", "间": "接", "席": "位", "篇": "章幅", "片": "区面", "根": "据本", "双": "方重向", "列": "入", "封": "闭存",
    "笔": "录试", "幅": "度员", "座": "谈", "套": "取用", "例": "外如会", "宗": "教旨",
}
