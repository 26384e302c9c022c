"""What pages say in whole sentences, by the kinds of words that come together in them, whatever the wording.

No single word of these is a page's own; three of them in one short line are: whoever collected something (小编, a site), the
collecting, and the courtesy to a reader. A claim holds where every one of its groups has a word in the line. It is evidence
for a region and for the model of lines; where page words own most of the line it is certain by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.clean.furniture.signs import owned

CERTAIN_SHARE = 0.6  # of a line's letters


@dataclass(frozen=True, slots=True)
class Claim:
    """One kind of sentence: the rule it stands for, its label, and groups of words of which each must occur."""

    rule: str
    label: str
    longest: int
    groups: tuple[re.Pattern[str], ...]


def _claim(rule: str, label: str, longest: int, *groups: str) -> Claim:
    return Claim(f"page.{rule}", label, longest, tuple(re.compile(g, re.IGNORECASE) for g in groups))


_COLLECTED = "整理|收集|搜集|汇编|汇总|精选|整编|准备|带来|分享|推荐|编辑|提供|上传|奉上|献上|总结"
_READER = "大家|您|你|各位|读者|朋友|网友|小伙伴|同学"
_COURTESY = "参考|借鉴|查阅|参阅|希望|欢迎|感谢|喜欢|启发|帮助|帮到|看看|收藏|关注|敬请|一起来|了解"
_DOCUMENTS = "范文|资料|素材|模板|大全|合集|文章|内容|教程|攻略|全文|作文|文档"
CLAIMS = (
    _claim(
        "compiler-intro", "other", 120,
        "小编|编者|本站|本网|本文库|本栏目|(?:文库|范文网|学习网|资源网)", _COLLECTED, f"{_COURTESY}|{_READER}",
    ),
    _claim("compiler-intro", "other", 120, _COLLECTED, _DOCUMENTS, _READER, _COURTESY),
    _claim(
        "compiler-intro", "other", 100,
        "更多|全部内容|到这里|就是", "关注|浏览|访问|登录|收藏|继续|请看|尽在|查看",
        "小编|本站|本网|网$|网[。！!]|频道|栏目|公众号|站$|文库",
    ),
    _claim(
        "paywall", "paywall_notice", 70,
        "登录|登陆|注册|付费|支付|购买|开通|充值|订阅|续费|解锁|升级|下载|扫码|会员|用户",
        r"全文|全部|完整|剩余|余下|其余|后续|未读|隐藏|章节|文档|内容|阅读|查看|页|篇|\d字",
        "才能|即可|方可|可继续|后继续|后可|后查看|后阅读|仅需|只需|权限|VIP|积分|额度|已用完|已用尽|试读|预览|超出|专享|畅读|部分|立即|免费",
    ),
    _claim(
        "promo", "promo_contact", 60,
        r"\d{3,4}-\d{7,8}|1\d{10}|[\w.]+@\w|[A-Za-z][\w-]{0,20}?\d{2}|[A-Za-z_-]{6,}|\d{6,}|①",
        "投稿|来稿|线索|爆料|报料|合作|报名|广告|客服|商务|发行|加盟|招商|代办|代写|转载|领取|进群|入群|交流群|稿酬|有偿|备注",
        "电话|热线|致电|来电|邮箱|微信|QQ|V信|VX|公众号|扫码|联系|请加|添加|拨打",
    ),
    _claim(
        "legal", "copyright", 200,
        "本文|文章|图片|图文|文中|内容|稿件|作品|资料|素材|信息|观点|版权|本站|本网|本页|原创",
        "来(?:源|自)于?(?:互联)?网|网上|互联网|转载|原作者|网友|投稿|用户上传|第三方|首发|作者(?:本人|个人|自己)|侵权|涉及版权|仅代表|传递",
        "侵权|删除|侵删|联系(?:我们|本站|本网|管理员)|告知|立场|无关|仅供|概不|风险自|自负|注明出处|证实|真实性|赞同|异议|及时处理|谢绝|保留",
    ),
)  # fmt: skip
NEVER_CERTAIN = frozenset(("page.legal",))  # authors, too, lay down how a text may be used
_AUTHOR = re.compile("我(?:将|会|想|要|的|曾)|在我|本人|笔者")  # whoever speaks of himself collected nothing for a site
_NORMS = re.compile("应当|依法|依照|所称|是指|规定")
_FIRST = re.compile("|".join(sorted({claim.groups[-1].pattern.lower() for claim in CLAIMS})))  # over small letters: much faster


def claim_of(line: str) -> tuple[Claim, bool] | None:
    """The claim that a stripped, folded line makes, and whether it is certain."""
    if len(line) > 200 or not _FIRST.search(line.lower()) or _NORMS.search(line):
        return None
    for claim in CLAIMS:
        if claim.rule == "page.compiler-intro" and _AUTHOR.search(line):
            continue
        if len(line) <= claim.longest and all(g.search(line) for g in claim.groups):
            letters = sum(map(str.isalpha, line))
            return claim, claim.rule not in NEVER_CERTAIN and owned(line)[1] >= CERTAIN_SHARE * letters
    return None
