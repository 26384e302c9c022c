"""Units as data: what a written unit counts, and what one of it is worth in a common unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Unit:
    """`factor` turns a number of this unit into `normalized`; None where nothing common exists (a crowd of 批)."""

    kind: str  # money | count | ratio | duration | measure | ordinal | anniversary
    normalized: str
    factor: Decimal = Decimal(1)
    is_loose: bool = False  # also an ordinary word or part of one: counts only after an Arabic number or two or more


def _rows(kind: str, normalized: str, words: str, factor: str = "1", is_loose: bool = False) -> dict[str, Unit]:
    return {word: Unit(kind, normalized, Decimal(factor), is_loose) for word in words.split()}


UNITS: dict[str, Unit] = {
    **_rows("money", "CNY", "元 元人民币 块钱 人民币元"),
    **_rows("money", "USD", "美元 美金"),
    **_rows("money", "EUR", "欧元"), **_rows("money", "HKD", "港元 港币 元港币"), **_rows("money", "JPY", "日元 日圆"),
    **_rows("money", "GBP", "英镑"), **_rows("money", "KRW", "韩元"), **_rows("money", "RUB", "卢布"), **_rows("money", "TWD", "新台币"),
    **_rows("ratio", "ratio", "% ％", "0.01"), **_rows("ratio", "ratio", "‰", "0.001"), **_rows("ratio", "ratio", "成", "0.1", True),
    **_rows("ratio", "percentage_point", "个百分点 百分点"), **_rows("ratio", "multiple", "倍"),
    **_rows("duration", "month", "年", "12"), **_rows("duration", "month", "个月"), **_rows("duration", "month", "个季度", "3"),
    **_rows("duration", "month", "个世纪 世纪", "1200"),
    **_rows("duration", "day", "天 日 昼夜"), **_rows("duration", "day", "周 星期 个星期", "7"), **_rows("duration", "workday", "个工作日 工作日"),
    **_rows("duration", "hour", "小时 个小时 学时 课时"), **_rows("duration", "hour", "分钟", "0.016666666666666666667"),
    **_rows("duration", "second", "秒 秒钟"),
    **_rows("anniversary", "anniversary_year", "周年"),
    **_rows("age", "year", "岁 周岁"),
    **_rows("ordinal", "ordinal", "届"),
    **_rows("count", "person", "人 名 位 口人"), **_rows("count", "person_time", "人次 人次数"), **_rows("count", "household", "户"),
    **_rows("count", "org", "家"), **_rows("count", "times", "次 回 场次 班次 案次 件次 台次 架次 批次", is_loose=True),
    **_rows("count", "item", "个 项 条 件 种 类 款 宗 起 例 篇 部 册 卷 份 封 幅 张 枚 台 套 辆 艘 架 列 座 栋 幢 间 所 处 道 座 床 席 门 盏 块 片 根 "
            "支 只 头 匹 棵 株 朵 期 批 场 届次 字 本 对 双 组 排 层 级 站 股 笔 箱 袋 瓶 盒 桶", is_loose=True),
    **_rows("phrase_count", "item", "大", is_loose=True), **_rows("phrase_count", "party", "方", is_loose=True),
    **_rows("measure", "m2", "平方米 平米 ㎡ m2 m²"), **_rows("measure", "m2", "平方公里 平方千米", "1000000"),
    **_rows("measure", "m2", "亩", "666.66666666666666667"), **_rows("measure", "m2", "公顷", "10000"), **_rows("measure", "m3", "立方米"),
    **_rows("measure", "m", "米", "1"), **_rows("measure", "m", "公里 千米 km", "1000"), **_rows("measure", "m", "里", "500", True),
    **_rows("measure", "m", "海里", "1852"), **_rows("measure", "m", "厘米", "0.01"), **_rows("measure", "m", "毫米", "0.001"),
    **_rows("measure", "kg", "公斤 千克 kg"), **_rows("measure", "kg", "吨", "1000"), **_rows("measure", "kg", "斤", "0.5", True),
    **_rows("measure", "kg", "克", "0.001", True), **_rows("measure", "kg", "毫克", "0.000001"),
    **_rows("measure", "l", "升", is_loose=True), **_rows("measure", "l", "毫升", "0.001"),
    **_rows("measure", "w", "千瓦", "1000"), **_rows("measure", "w", "兆瓦", "1000000"), **_rows("measure", "kwh", "千瓦时 度电"),
    **_rows("measure", "celsius", "摄氏度 ℃"), **_rows("measure", "m_per_s", "米/秒"), **_rows("measure", "km_per_h", "公里/小时"),
}

LONGEST_UNIT = max(map(len, UNITS))

# A unit of one character is none where the next character makes another word of it: 三方面, 一家人, 两级联动, 五日报.
WORD_INSTEAD = {
    "方": "面向式法针位案便", "成": "员立功为果本就熟份分效都绩群人年交品长", "家": "庭长具乡人", "大": "家小学量队型会道街地路桥厦概力部多约致体连",
    "个": "性体别", "次": "日年于要序品会", "条": "例件款约文", "人": "民员事才大均口物力工身称格间们士心", "日": "常报益前后期程志",
    "年": "级度代龄轻货薪会费报检均鉴金", "部": "门分委署队长", "里": "程面", "元": "旦素首件老帅", "户": "籍口外型", "位": "置于",
    "类": "似型别", "份": "额", "起": "草诉来点源步施见", "门": "户槛诊口市", "道": "路德理", "组": "织成建合长", "对": "于象待应外策比接方照",
    "层": "次面", "级": "别", "站": "点", "期": "间限货", "场": "所地", "本": "级条法市省县区办规例人身质", "字": "样", "件": "数", "项": "目",
    "名": "称义单额录誉", "天": "然津气空", "周": "边期围", "股": "东份权", "排": "放名污水查", "款": "项", "支": "付持出部队",
    "处": "理罚分置以于所长", "所": "有在属得以述称", "只": "能有要是", "种": "植类子", "批": "准评复发", "头": "脑", "回": "收避购",
    "台": "湾账", "升": "级", "克": "服", "斤": "两", "间": "接", "席": "位", "篇": "章幅", "片": "区面", "根": "据本", "双": "方重向",
    "列": "入", "封": "闭存", "笔": "录试", "幅": "度员", "座": "谈", "套": "取用", "例": "外如会", "宗": "教旨",
}
