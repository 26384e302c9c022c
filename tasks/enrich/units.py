"""Units as data: what a written unit counts, and what one of it is worth in a common unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit counts; `factor` turns a number of it into one of the common unit `normalized`, and `offset` is added after."""

    kind: str  # money | count | ratio | duration | measure | ordinal | anniversary | age | phrase_count
    normalized: str
    factor: Decimal = Decimal(1)
    is_loose: bool = False  # also part of ordinary words: a Chinese numeral before it must begin a word
    offset: Decimal = Decimal(0)


_ROWS = (  # kind, common unit, worth of one in it, loose, units as written
    ("money", "CNY", "1", False, "元 元人民币 元钱 块钱 人民币元 圆"),
    ("money", "CNY", "0.1", True, "角 角钱 毛钱"),
    ("money", "CNY", "0.01", True, "分钱"),
    ("money", "USD", "1", False, "美元 美金 美圆 美刀"),
    ("money", "EUR", "1", False, "欧元"),
    ("money", "HKD", "1", False, "港元 港币 元港币 港圆"),
    ("money", "MOP", "1", False, "澳门元 澳门币"),
    ("money", "JPY", "1", False, "日元 日圆"),
    ("money", "GBP", "1", False, "英镑"),
    ("money", "KRW", "1", False, "韩元 韩圆"),
    ("money", "RUB", "1", False, "卢布"),
    ("money", "TWD", "1", False, "新台币 元新台币 台币"),
    ("money", "CHF", "1", False, "瑞士法郎 瑞郎"),
    ("money", "AUD", "1", False, "澳元 澳币 澳大利亚元"),
    ("money", "CAD", "1", False, "加元 加拿大元"),
    ("money", "NZD", "1", False, "新西兰元 纽元"),
    ("money", "SGD", "1", False, "新加坡元 新元 新币"),
    ("money", "THB", "1", False, "泰铢"),
    ("money", "INR", "1", False, "卢比 印度卢比"),
    ("money", "VND", "1", False, "越南盾"),
    ("money", "IDR", "1", False, "印尼盾 印尼卢比"),
    ("money", "MYR", "1", False, "林吉特 马币"),
    ("money", "PHP", "1", False, "菲律宾比索"),
    ("money", "SEK", "1", False, "瑞典克朗"),
    ("money", "NOK", "1", False, "挪威克朗"),
    ("money", "DKK", "1", False, "丹麦克朗"),
    ("money", "BRL", "1", False, "雷亚尔 巴西雷亚尔"),
    ("money", "ZAR", "1", False, "兰特 南非兰特"),
    ("money", "TRY", "1", False, "土耳其里拉"),
    ("money", "FRF", "1", False, "法国法郎 法郎"),
    ("money", "DEM", "1", False, "德国马克 马克"),
    ("ratio", "ratio", "0.01", False, "% ％ ﹪"),
    ("ratio", "ratio", "0.001", False, "‰"),
    ("ratio", "ratio", "0.1", True, "成 折"),
    ("ratio", "percentage_point", "1", False, "个百分点 百分点"),
    ("ratio", "percentage_point", "0.01", False, "个基点 基点"),
    ("ratio", "multiple", "1", False, "倍"),
    ("duration", "month", "12", False, "年"),
    ("duration", "month", "1", False, "个月 个多月 个自然月"),
    ("duration", "month", "3", False, "个季度"),
    ("duration", "month", "6", False, "个学期 学期"),
    ("duration", "month", "1200", False, "个世纪 世纪"),
    ("duration", "day", "1", False, "天 日 昼夜 个昼夜 个自然日"),
    ("duration", "day", "7", False, "周 星期 个星期 个礼拜"),
    ("duration", "workday", "1", False, "个工作日 工作日"),
    ("duration", "hour", "1", False, "小时 个小时 学时 课时 个学时 个课时 个钟头"),
    ("duration", "hour", "0.016666666666666666667", False, "分钟"),
    ("duration", "second", "1", False, "秒 秒钟"),
    ("duration", "second", "0.001", False, "毫秒"),
    ("anniversary", "anniversary_year", "1", False, "周年"),
    ("age", "year", "1", False, "岁 周岁"),
    ("ordinal", "ordinal", "1", False, "届"),
    ("count", "person", "1", False, "人 名 位 口人"),
    ("count", "person_time", "1", False, "人次 人次数"),
    ("count", "household", "1", False, "户"),
    ("count", "org", "1", False, "家"),
    ("count", "times", "1", True, "次 回 场次 班次 案次 件次 台次 架次 批次 车次 班 趟 遍 轮"),
    ("count", "item", "1", True, "个 项 条 件 种 类 款 宗 起 例 篇 部 册 卷 份 封 幅 张 枚 台 套 辆 艘 架 列 座 栋 幢 间 所 处"),
    ("count", "item", "1", True, "道 床 首 单"),
    ("count", "item", "1", True, "席 门 盏 块 片 根 支 只 头 匹 棵 株 朵 期 批 场 届次 字 本 对 双 组 排 层 级 站 股 笔 箱 袋 瓶 盒"),
    ("count", "item", "1", True, "桶 版 页 颗 粒 把 件套 台套 台/套 方面 代 尊 眼 口 羽 尾 节 段 则 句"),
    ("count", "item", "1", True, "集 枪 发 管 盘 碗 杯 扇 顶 卡 户次 家次"),
    ("count", "item", "12", True, "打"),
    ("count", "character", "1", False, "万字 个字"),
    ("count", "pixel", "1", False, "像素"),
    ("count", "container", "1", False, "标箱 标准箱 TEU"),
    ("phrase_count", "item", "1", True, "大"),
    ("phrase_count", "party", "1", True, "方"),
    ("measure", "m2", "1", False, "平方米 平米 平方 ㎡ m2 m² 平方公尺"),
    ("measure", "m2", "1000000", False, "平方公里 平方千米 km² km2"),
    ("measure", "m2", "0.0001", False, "平方厘米"),
    ("measure", "m2", "666.66666666666666667", False, "亩 市亩"),
    ("measure", "m2", "10000", False, "公顷"),
    ("measure", "m3", "1", False, "立方米 立方 m³ m3 方水"),
    ("measure", "m3", "0.000001", False, "立方厘米"),
    ("measure", "m", "1", False, "米 公尺 m"),
    ("measure", "m", "1000", False, "公里 千米 km KM"),
    ("measure", "m", "500", True, "里 华里"),
    ("measure", "m", "1852", False, "海里"),
    ("measure", "m", "0.1", False, "分米"),
    ("measure", "m", "0.01", False, "厘米 公分 cm CM"),
    ("measure", "m", "0.001", False, "毫米 mm"),
    ("measure", "m", "0.000001", False, "微米 μm"),
    ("measure", "m", "0.000000001", False, "纳米 nm"),
    ("measure", "m", "0.0254", False, "英寸 寸屏"),
    ("measure", "m", "0.3048", False, "英尺"),
    ("measure", "m", "1609.344", False, "英里"),
    ("measure", "m", "0.33333333333333333333", True, "尺 市尺"),
    ("measure", "m", "0.033333333333333333333", True, "寸 市寸"),
    ("measure", "m", "3.3333333333333333333", True, "丈"),
    ("measure", "kg", "1", False, "公斤 千克 kg KG"),
    ("measure", "kg", "1000", False, "吨 公吨"),
    ("measure", "kg", "0.5", True, "斤 市斤"),
    ("measure", "kg", "0.05", True, "两"),
    ("measure", "kg", "50", True, "担"),
    ("measure", "kg", "0.001", True, "克"),
    ("measure", "kg", "0.000001", False, "毫克 mg"),
    ("measure", "kg", "0.000000001", False, "微克 μg"),
    ("measure", "kg", "0.45359237", False, "磅"),
    ("measure", "kg", "0.028349523125", False, "盎司"),
    ("measure", "carat", "1", False, "克拉"),
    ("measure", "gross_ton", "1", False, "总吨"),
    ("measure", "deadweight_ton", "1", False, "载重吨"),
    ("measure", "standard_coal_kg", "1000", False, "吨标准煤"),
    ("measure", "l", "1", True, "升 公升"),
    ("measure", "l", "0.001", False, "毫升 ml mL"),
    ("measure", "l", "158.987294928", False, "桶原油"),
    ("measure", "w", "1", True, "瓦"),
    ("measure", "w", "1000", False, "千瓦 kW KW"),
    ("measure", "w", "1000000", False, "兆瓦 MW"),
    ("measure", "w", "1000000000", False, "吉瓦 GW"),
    ("measure", "kwh", "1", False, "千瓦时 度电 kWh"),
    ("measure", "hz", "1", False, "赫兹 Hz"),
    ("measure", "hz", "1000000", False, "兆赫 MHz"),
    ("measure", "hz", "1000000000", False, "GHz"),
    ("measure", "v", "1", False, "伏 伏特"),
    ("measure", "v", "1000", False, "千伏 kV KV"),
    ("measure", "a", "1", False, "安培"),
    ("measure", "mah", "1", False, "毫安时 mAh"),
    ("measure", "pa", "1000000", False, "兆帕 MPa"),
    ("measure", "pa", "100", False, "百帕"),
    ("measure", "joule", "1", False, "焦耳"),
    ("measure", "calorie", "1", False, "卡路里"),
    ("measure", "calorie", "1000", False, "千卡 大卡"),
    ("measure", "db", "1", False, "分贝"),
    ("measure", "horsepower", "1", False, "马力"),
    ("measure", "mol", "1", False, "摩尔"),
    ("measure", "bit", "1", False, "比特"),
    ("measure", "byte", "1", False, "字节"),
    ("measure", "byte", "1000", False, "KB"),
    ("measure", "byte", "1000000", False, "MB 兆字节"),
    ("measure", "byte", "1000000000", False, "GB 吉字节"),
    ("measure", "byte", "1000000000000", False, "TB"),
    ("measure", "magnitude", "1", False, "级地震"),
    ("measure", "m_per_s", "1", False, "米/秒 米每秒"),
    ("measure", "km_per_h", "1", False, "公里/小时 千米/小时 km/h 公里每小时"),
    ("measure", "celsius", "1", False, "摄氏度 ℃ °C"),
)
_FAHRENHEIT = Unit("measure", "celsius", Decimal(5) / 9, False, Decimal(-160) / 9)

UNITS: dict[str, Unit] = {
    word: Unit(kind, normalized, Decimal(factor), is_loose)
    for kind, normalized, factor, is_loose, words in _ROWS for word in words.split()
} | {word: _FAHRENHEIT for word in ("华氏度", "℉", "°F")}

# A bare 度, 块 or 毛 takes its meaning from the word before the number (华氏100度) or from what follows (三块二, 五毛).
DEGREES = {"摄氏": UNITS["摄氏度"], "华氏": _FAHRENHEIT, "零下": UNITS["摄氏度"], "气温": UNITS["摄氏度"], "温度": UNITS["摄氏度"],
           "体温": UNITS["摄氏度"], "水温": UNITS["摄氏度"], "室温": UNITS["摄氏度"]}

_BY_FIRST: dict[str, list[str]] = {}
for _word in sorted(UNITS, key=len, reverse=True):
    _BY_FIRST.setdefault(_word[0], []).append(_word)
FIRST_CHARACTERS = "".join(sorted(_BY_FIRST))

# Currencies before the number: ￥300, $20, 人民币8千元 (which has its unit behind).
SIGNS = {"￥": "CNY", "¥": "CNY", "＄": "USD", "$": "USD", "€": "EUR", "£": "GBP", "US$": "USD", "HK$": "HKD", "RMB": "CNY", "USD": "USD",
         "CNY": "CNY", "EUR": "EUR", "HKD": "HKD"}

# A unit of one character is none where the next character makes another word of it: 三方案, 一家人, 两级联动, 五日报.
WORD_INSTEAD = {
    "方": "向式法针位案便程言才圆", "成": "员立功为果本就熟份效都绩群人年交品长分语", "家": "庭长具乡人",
    "大": "家小学量队型会道街地路桥厦概多约致体连", "个": "性体别", "次": "日年于要序品会", "条": "例件款约文",
    "人": "民员事才大均口物力工身称格间们士心", "日": "常报益期程志元圆", "年": "级度代龄轻货薪会费报检均鉴金", "部": "门分委署队长",
    "里": "程面", "元": "旦素首件老帅", "户": "籍口外型", "位": "置于", "类": "似型别", "份": "额", "起": "草诉来点源步施见",
    "门": "户槛诊口市", "道": "路德理", "组": "织成建合长", "对": "于象待应外策比接方照", "层": "次面", "级": "别", "站": "点",
    "期": "间限货", "场": "所地", "本": "级条法市省县区办规例人身质", "字": "样", "件": "数", "项": "目", "名": "称义单额录誉",
    "天": "然津气空", "周": "边期围", "股": "东份权", "排": "放名污水查", "款": "项", "支": "付持出部队", "处": "理罚分置以于所长",
    "所": "有在属得以述称", "只": "能有要是", "种": "植类子", "批": "准评复发", "头": "脑", "回": "收避购应", "台": "湾账", "升": "级",
    "克": "服隆", "间": "接", "席": "位", "篇": "章幅", "片": "区面", "根": "据本", "双": "方重向", "列": "入", "封": "闭存",
    "笔": "录试", "幅": "度员", "座": "谈", "套": "取用", "例": "外如会", "宗": "教旨", "首": "先要次都席创府批届脑领",
    "单": "位独一纯身项元", "版": "权本", "页": "面", "把": "握", "代": "表理替价办管码谢", "节": "约日目能假庆省", "段": "时",
    "则": "是", "集": "体中团合会", "发": "展现生布放行出表动达挥", "管": "理道辖", "盘": "点活", "口": "头径岸号", "眼": "睛前",
    "卡": "车通", "尾": "号气", "班": "子级长", "遍": "及布", "轮": "胎船流", "角": "度色落", "圆": "满形桌", "折": "射腾旧磨",
    "两": "岸会国级者地市县个大院人名家次种项", "担": "任心负保当", "寸": "土", "丈": "夫", "尺": "寸度", "米": "饭粉", "秒": "杀",
    "瓦": "解片斯", "打": "击造开包", "顶": "级", "粒": "子", "句": "话", "羽": "毛", "尊": "重敬", "杯": "子赛", "桶": "装",
    "m": "abcdefghijklnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
}


def unit_at(text: str, at: int) -> tuple[str, Unit | None]:
    """The longest unit that is written at a place, and what it counts; ("", None) where none is."""
    for word in _BY_FIRST.get(text[at:at + 1], ()):
        if text.startswith(word, at):
            if len(word) == 1:
                after = text[at + 1:at + 2]
                if after and after in WORD_INSTEAD.get(word, ""):
                    return "", None
            elif word[-1].isascii() and word[-1].isalpha() and text[at + len(word):at + len(word) + 1].isascii() and text[
                    at + len(word):at + len(word) + 1].isalpha():
                continue  # 5kmX, 64GBit
            return word, UNITS[word]
    return "", None
