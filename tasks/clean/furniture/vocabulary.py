"""Words of page furniture: the cheap test that lets clean documents pass at the speed of one search.

A word is a pattern, in both scripts. Words that authors use as well count only where a page would put them: ⏎ stands for
the end of a line (with nothing but signs before it), ^ for its beginning. Each word begins with a literal character,
never with a set or a group: only then does the engine skip to candidates by their first character.
"""

from __future__ import annotations

import re

_WORDS = r"""
首\s{0,2}页 首\s{0,2}頁 主页⏎ 登录⏎ 登錄⏎ 登录(?:后|即可|查看|[|｜]|\s?注册) ^注册⏎ ^註冊⏎ ^退出⏎ 导航⏎ 关注⏎ 繁体⏎ 简体⏎
English RSS E-?mail 网站地图 網站地圖 位置(?:是|为)?[:：\s] &gt; \xa0> › » >> 设为首页 关于我们 联系我们 广告服务
帮助中心 网站简介 诚聘 自律公约 无障碍(?:说明|浏览) 返回(?:搜狐|首页|顶部|列表)
版\s*权\s*所 版\s*權\s*所 版权(?:声明|及|和|与|免责) 版權(?:聲明|及|和|與) Copyright COPYRIGHT copyright © \([cC]\)\s?(?:19|20)
All\s[Rr]ights ICP 公网安备 公網安備 备案(?:序)?号\s*[:：] 備案(?:序)?號\s*[:：] 许可证.{0,4}[:：(（]?\s*[\w字第]{0,8}\d{4,}
法律顾问\s*[:：] 法律顧問\s*[:：] 责任编辑 責任編輯 责编\s*[:：|｜] 責編\s*[:：|｜] 编辑\s*[:：|｜] 編輯\s*[:：|｜]
相关~⏎ 相關~⏎ 热门~⏎ 熱門~⏎ 推荐~⏎ 推薦~⏎ 最近~⏎ 最新~⏎ 更多~⏎ 精彩~⏎ 延伸~⏎ 往期~⏎ 猜你~⏎ 为您~⏎ 为你~⏎ 為您~⏎
相关热?词 相關熱?詞 随机.{2,4}⏎ 热点.{2,4}⏎ 阅读排行 点击排行 大家都 友情链接 友情鏈接 关键词\s*[:：] 标签\s*[:：]
上一篇 下一篇 上一页 下一页 上一頁 下一頁 上一条[:：] 下一条[:：] 共\s*\d+\s*页 第\s*\d+\s*[/页] 【\s*\d{1,2}\s*】 正文已结束
分享[到至给] 分享⏎ 收藏⏎ 字号 字體 字號 打印(?:本|\s) 打印⏎ 列印 纠错 糾錯 放大字 缩小字 二维码 二維碼 公众号 公眾號 朋友圈⏎ 易信⏎
微[信博]\s*(?:号|群|好友)?\s*[:：|｜A-Za-z0-9] 微[信博]⏎ 新浪微博 腾讯微博 扫[码描一] 掃[碼描一] QQ
阅读全文 閱讀全文 查看(?:全文|更多|完整) 预览 預覽 试读 試讀 免费阅读 免费获取 剩余.{0,12}(?:未读|付费|阅读) 还有.{0,12}(?:未读|付费|阅读)
解锁 购买后 付费后 开通后 会员(?:可见|专享) 以下内容.{0,8}(?:会员|付费|登录) 剩余内容.{0,8}(?:会员|付费|登录)
👉 👈 👇 ☟ ☞ 📞 💬 代[写笔].{0,24}⏎ 代[寫筆].{0,24}⏎ 定制文章 打开APP APP内 下载.{0,8}(?:APP|客户端|全文) 客户端⏎ 客户端下载
小编 小編 仅供参考 僅供參考 供.{0,8}参考 略… 略\.\. 文库 文庫 范文[网汇库大学篇一1] 公文(?:写作|[网汇库大学处]) 宝库⏎ 之家⏎ 大全⏎ 题库
免责声明 特别声明 郑重声明 本站声明 Notice 凡(?:本|署|.{0,8}注明) 未经.{0,10}(?:授权|许可|允许|同意).{0,24}(?:不得|禁止|严禁|谢绝)
不代表.{0,14}(?:观点|立场|意见) 不一定代表 转载.{0,20}注明 摘编.{0,20}注明 引用.{0,20}注明 本[网站平报].{0,20}(?:承担|保留|追究|不对)
侵权.{0,32}删 侵权.{0,16}联系 联系.{0,16}(?:删除|微信|QQ|老师|客服) 文责自负 信息存储
举报(?:电话|热线|邮箱)\s*[:：] 监督(?:电话|热线|邮箱)\s*[:：] 客服(?:电话|热线|邮箱)\s*[:：] 服务(?:电话|热线|邮箱)\s*[:：]
新闻(?:电话|热线|邮箱)\s*[:：]
评论\W{0,3}\d*⏎ 條評論 发表评论 ^发表⏎ ^发布⏎ 热评 最热 跟[帖贴貼] ^回复⏎ 点赞⏎ 举报赞 ^举报⏎ 赞\s?\d 输入\s?\d*\s?字
文明上网.{0,30}(?:评论|发言) 人参与(?:评论)?⏎ 搜索[^。；;\n]{0,6}⏎ 检索[^。；;\n]{0,6}⏎ 檢索[^。；;\n]{0,6}⏎
百家乐 老虎机 时时彩 六合彩 真人荷官 真人在线 娱乐城 娱乐平台 博彩 赌球 棋牌 投注 彩金 三级片 成人[电视] 无码 国产精品 代开发票
百家樂 老虎機 時時彩 娛樂城 賭球 六合彩
function\b var\s+\w+\s*= window\. document\. \$\(
"""
_END_OF_LINE = r"[^\w。；;，,、！？]{0,6}(?:\n|$)"
_UP_TO_END = r"[^。；;\n]{0,10}"
# First characters so common in running text that looking behind each of them would cost more than all other words: a page
# that has one of their words has others too. They are asked for line by line only.
_COMMON = frozenset("^人第法定会设以关主位不服监大开标信自查供收检备诚剩客本代")

WORDS = tuple(_WORDS.split())
_SPACED = (" > ", " …", "\xa0…")


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern of many words. A line that is searched alone needs a newline before it."""
    spelt = (w.replace("^", "\\n", 1) if w[0] == "^" else w for w in words)
    spelt = (w.replace("\\s*", "\\s*+") for w in spelt)  # possessive: blanks without end are passed over once
    return re.compile("|".join([*(w.replace("~", _UP_TO_END).replace("⏎", _END_OF_LINE) for w in spelt), *_SPACED]))


LINE = _pattern(WORDS)
PAGE = _pattern((*(w for w in WORDS if w[0] not in _COMMON), "共\\s*\\d+\\s*页", "检索[:：]", "檢索[:：]"))
