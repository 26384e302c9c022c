"""Kinds of line that only page furniture has. An anchor proves furniture; alone it cuts no more than its own line.

Patterns see one stripped line in Simplified characters. `sure` kinds leave wherever they stand outside running text;
the others only count as evidence for a region.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tasks.clean.furniture import vocabulary, words
from tasks.clean.furniture.claims import CLAIMS, claim_of
from tasks.text.lines import CLAUSE_END, NUMBERED, SENTENCE_END

SHORT = 24  # characters of the longest line that is remembered
MAX_LENGTH = 240  # a longer line is a paragraph, whatever words it holds


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of anchor: the rule it names, its label in edits, and whether it is certain on its own."""

    rule: str
    label: str
    pattern: re.Pattern[str]
    sure: bool = True


def _kind(rule: str, label: str, *patterns: str, sure: bool = True) -> Kind:
    return Kind(f"page.{rule}", label, re.compile("|".join(patterns), re.IGNORECASE), sure)


_W = r"^\W{0,6}"
_E = r"\W{0,6}$"

KINDS = (
    _kind(
        "paywall",
        "paywall_notice",
        r"(?:试读|预览|免费阅读|试看)(?:已)?(?:结束|到此|部分|完毕)",
        r"(?:剩余|还有)\s?\d{1,3}%.{0,12}(?:未读|内容|付费|阅读)",
        r"(?:登录|注册|付费|购买|开通|订阅|下载).{0,12}(?:后|即可|可).{0,6}(?:阅读|查看|获取|浏览|下载)(?:全文|全部|完整|剩余)",
        r"(?:阅读|查看|获取|解锁|下载)(?:全文|完整版|剩余内容|全部内容).{0,16}(?:请|需|会员|付费|登录|点击|购买|定制|扫码|充值)",
        r"(?:以下|后续|剩余|全文)内容.{0,8}(?:会员|付费|登录).{0,6}(?:可见|查看|阅读)",
    ),
    _kind(
        "promo",
        "promo_contact",
        r"[👉👈👇☟☞📞💬]",
        r"(?:加|添加|咨询|联系).{0,6}(?:微信|VX|V信|薇信|QQ|扣扣|企鹅|客服)\s*+(?:号|群)?+\s*+[:：]?+\s*+[A-Za-z0-9_-]{5,}",
        r"^.{0,20}(?:长按|扫描|扫码|扫一扫|识别).{0,10}(?:二维码|关注|小程序|公众号|进群|领取).{0,24}$",
        r"^.{0,12}(?:点击|戳).{0,6}(?:上方|下方|左下角|右上角|文末).{0,10}(?:蓝字|链接|关注|原文|卡片|小程序).{0,20}$",
        r"^\W{0,4}(?:欢迎)?(?:关注|订阅)(?:我们|本站|本刊|官方)?.{0,14}(?:公众号|微信号|视频号|头条号|微博)\W{0,4}[\w-]{0,20}\W*$",
        r"^.{0,24}(?:代写|代笔|代发论文|定制文章)(?!.{0,24}[。；;]$).{0,24}$",
        r"^.{0,24}(?:微信|薇信|徽信|威信|[Vv]信|VX|[Vv微薇威]\s?[❤♥]️?\s?信?|QQ群?|扣扣|企鹅号?|加[Vv薇威]|➕)"
        r".{0,4}?\s*+[:：]?+\s*+[A-Za-z0-9①-⑳❶-❿][A-Za-z0-9_①-⑳❶-❿-]{4,}.{0,24}$",
        r"^\W{0,4}(?:返回搜狐|查看更多|打开APP|下载.{0,8}(?:APP|客户端)|APP内(?:打开|阅读)).{0,20}$",
    ),
    _kind(
        "compiler-intro",
        "other",
        r"(?:小编|本站|本文库|编者|网编|网友|[\w\u4e00-\u9fff]{2,8}网).{0,14}(?:整理|收集|搜集|汇编|精选|准备|带来|分享|推荐).{0,60}"
        r"(?:仅供参考|供.{0,8}参考|希望.{0,16}(?:帮助|参考|喜欢|启发)|欢迎.{0,10}(?:阅读|参考|借鉴|收藏|下载)|一起来?看看)",
        r"(?:下面|以下|接下来).{0,10}小编|小编(?:寄语|导语|提示|推荐)\s*[:：]",
        r"^.{0,40}(?:整理|收集|搜集|汇编|整编|准备|带来|上传|提供|分享).{0,60}(?:仅供参考|(?:供|欢迎|方便)(?:您|你|大家|前来|各位).{0,4}(?:参考|参阅|借鉴|查阅|阅读)|"
        r"感谢.{0,4}阅读|一起来?看看吧|有所帮助|阅读与下载).{0,30}$",
        r"^以上(?:就是|便是|内容).{0,60}(?:全部内容|继续浏览|请(?:继续)?关注|更多.{0,8}(?:请|尽在)).{0,30}$",
    ),
    _kind(
        "footer",
        "nav",
        r"^(?=.{6,160}$)(?!.*[。；;])(?:.*?(?:关于我们|关于本[站网]|关于[\u4e00-\u9fff]{2,12}|网站地图|版权声明|联系我们|诚聘|招聘|大事记|自律公约|隐私|"
        r"服务条款|广告服务|帮助中心|法律声明|友情链接|投稿|设为首页|加入收藏|网站简介|合作伙伴|意见反馈)){3,}",
    ),
    _kind(
        "licence",
        "icp_licence",
        r"[\u4e00-\u9fff]?ICP[备证]",
        r"公网安备",
        r"备案(?:序)?号\s*[:：]",
        r"(?:信息|视听|出版|经营|网络文化)[\u4e00-\u9fff]{0,12}许可证.{0,4}[:：(（]?\s*[\w字第]{0,8}\d{4,}",
    ),
    _kind(
        "copyright",
        "copyright",
        r"copyright\b|all rights reserved",
        r"©|\(c\)\s*(?:19|20)\d\d",
        r"版\s*权\s*所\s*有",
        r"^.{0,20}法律顾问\s*[:：]",
        r"^\W*.{0,16}(?:版权(?:及|和|与)?(?:免责|隐私)?|免责|特别|郑重)声明\W*(?:[:：].{0,120})?$",
        r"^\W*Notice\s*:",
    ),
    _kind(
        "disclaimer",
        "copyright",
        r"侵删|(?:如有?|若有?|涉及?)侵权.{0,14}(?:删|联系|告知|处理)",
        r"(?:仅|只)?代表(?:作者|发言者|投稿者).{0,4}(?:观点|看法|意见)|与(?:本[站网刊]|[\u4e00-\u9fffA-Za-z]{2,12})(?:的)?(?:立场|观点)?无关。?$",
        r"(?:本[站网刊]|平台)(?:的)?立场|据此操作.{0,6}风险|不构成.{0,10}投资建议|不意味着?赞同|文中观点.{0,4}参考",
        r"^\W{0,4}(?:本文|原文|转载|文章|永久)(?:的)?(?:地址|链接|网址|出处)\s*[:：].{0,100}$",
        r"^\W{0,4}(?:[^。]{0,30}，)?(?:如需|若需|如若|如要)?转载(?:(?:本文|此文|时|者)?，?(?:请|须|务必)注明|注明(?:出处|来源|作者)).{0,80}$",
        r"(?:图片|文章|内容|素材)(?:均)?来(?:源|自)于?(?:互联)?网络?|知识共享.{0,12}许可|"
        r"\bCC[ -]BY\b|网友(?:转载|上传|投稿)|用户.{0,4}上传",
    ),
    _kind(
        "ad",
        "promo_contact",
        r"^\W{0,8}(?:广\s?告|推广(?:信息|内容)?|赞助商?(?:链接|内容|信息)|advertisement|sponsored)(?:\W{1,4}[^。]{0,30})?\W{0,6}$",
        r"^.{0,6}(?:打开|使用|用|下载|进入|安装).{2,14}(?:APP|客户端|小程序).{0,20}$",
        r"^[【\[(（]\s?(?:广\s?告|推广|赞助)\s?[】\])）].{4,60}$",
        r"(?:广告位|招租).{0,24}$|^由.{2,12}提供的?推广内容$",
    ),
    _kind(
        "related-box",
        "related_link",
        r"^\W{0,4}(?:相关|推荐|延伸|扩展|拓展|关联|更多|热[文门点]|往期|精彩|猜你|[你您]可能|点击)[\u4e00-\u9fff]{0,5}"
        r"(?:阅读|新闻|链接|报道|文章|推荐|回顾|专题|喜欢|精彩|感兴趣|资讯|图集|视频|更多)\s*[:：▶>｜|】\]]+\s*\S.{3,44}$",
        r"^\W{0,3}(?:\[详细\]|【详细】|(?:→|▲|▶|►|☛|➤)\s*(?:推荐|点击)[^。；;]{0,8}[:：])\s*.{4,44}$",
        r"^(?:>>+|＞＞+|»+)\s*[^\s>].{5,44}$",
    ),
    _kind(
        "legal",
        "copyright",
        r"凡(?:本[网站]|.{0,8}注明|署名).{0,20}(?:来源|作品|稿件|注明)",
        r"未经.{0,10}(?:授权|许可|允许|同意).{0,24}(?:不得|禁止|严禁|谢绝).{0,10}(?:转载|复制|摘编|镜像|引用|建立)",
        r"(?:不|并不|不一定)代表.{0,14}(?:观点|立场|意见)",
        r"(?:转载|摘编|引用).{0,12}(?:请|须|需|应|必须|均?应)?.{0,4}注明.{0,10}(?:出处|来源|作者)",
        r"(?:本网|本站|本平台|本报).{0,16}(?:不承担|保留.{0,6}权利|追究.{0,8}责任|不对.{0,16}负责)",
        r"(?:侵权|版权|作品内容).{0,16}(?:联系|告知|通知).{0,16}(?:删除|本[网站]|处理|我们)",
        r"文责自负|信息存储(?:空间)?服务",
        r"(?:举报|监督|客服|服务|新闻)(?:电话|热线|邮箱)\s*[:：].{4,60}$",
        sure=False,
    ),
    _kind(
        "related-header",
        "related_links_header",
        _W + r"(?:相关|推荐|热门|热点|精彩|精选|最新|最近|更多|延伸|往期|编辑|随机|猜你喜欢|为[您你])[\u4e00-\u9fff]{0,4}"
        r"(?:新闻|阅读|推荐|文章|链接|报道|视频|图集|专题|资讯|内容|排行|评论|搜索|话题|博客|图片|更新|热词|词条|回顾|精选|信息|范文|资料"
        r"|文档|问答|帖子?|小说|教程|攻略|游戏|软件|课程|试题|商品|产品|楼盘|车型)"
        r"\W{0,4}(?:更多)?\W{0,4}$",
        _W + r"(?:相关|推荐|延伸|热点|精彩|更多)\W{1,3}(?:推荐|阅读|新闻|文章)" + _E,
        r"^[【《“][^】》”]{2,40}[】》”]的?相关(?:文章|文档|资料|范文|阅读|推荐)\s*[:：]?$",
        _W
        + r"(?:为[您你]推荐|猜你喜欢|猜你想看|大家都爱?[看在]\S{0,4}|阅读下一篇|阅读排行\S{0,4}|点击排行\S{0,4}|热门标签|友情链接|本文标签)"
        + _E,
        _W + r"(?:相关热?词|关键词|标签|TAGS?)(?:搜索)?\s*[:：].{0,60}(?:热门|相关|推荐|最新)(?:文章|阅读|新闻)\s*[:：]?$",
        _W + r"相关热?词(?:搜索)?\s*[:：].{0,80}$",
        _W + r"友情链接\s*[:：]\s*[^\s|｜、,，/]{2,16}(?:[\s|｜、,，/]+[^\s|｜、,，/]{2,16}){2,}$",
        _W + r"(?:本文|文章|新闻|相关)?(?:标签|关键词|关键字|TAGS?(?:标签)?)\s*[:：\s]\s*"
        r"[^\s。，,；;:：|/、]{2,8}(?:[\s,，|/、]+[^\s。，,；;:：|/、]{2,8}){1,11}$",
    ),
    _kind(
        "search",
        "nav",
        _W + r"[\u4e00-\u9fff]{0,6}(?:新闻|站内|全站|全文|本站|网页|高级|智能)?(?:搜索|检索)\W{0,8}(?:关键[词字])?" + _E,
        _W + r"(?:[全站本网内]{2}搜索\W*)?(?:大家(?:都在)?搜|(?:今日|实时)?热搜词?|热门搜索|热门关键[词字])\s*[:：][^。]{2,80}$",
    ),
    _kind(
        "nav",
        "nav",
        _W + r"(?:网?站?首\s{0,2}页|主页|登录|注册|登录\W{0,3}注册|注册\W{0,3}登录|退出|站内|更多(?:栏目|频道|内容)?|"
        r"返回首页|返回顶部|返回列表|回到顶部|网站地图|"
        r"无障碍(?:说明|浏览)?|(?:手机)?客户端(?:下载)?|快速导航|导航|设为首页|加入收藏|设为首页\W{0,3}加入收藏|关于我们|联系我们|广告服务|"
        r"帮助中心|繁体|简体|English|RSS|微博|微信|\+?关注|已关注|首页\W+.{0,10})" + _E,
        _W + r"[\u4e00-\u9fffA-Za-z]{2,10}\s+首页" + _E,
    ),
    _kind(
        "share",
        "share_widget",
        _W + r"(?:分享(?:至|到|给)?.{0,10}|QQ空间|QQ好友|新浪微博|腾讯微博|微信好友|朋友圈|用?微信扫码二维码|二维码|"
        r"收藏(?:本文)?|打印(?:本[页文])?|"
        r"字[号体]|纠错|挑错|易信|复制链接)" + _E,
        _W + r"【?\s*(?:字[号体]|打印|分享|收藏|放大|缩小)[^。]{0,60}"
        r"(?:打印|纠错|论坛|留言|评论|推荐|收藏|分享|关闭|[大中小][ 　|]*[大中小]|[+-])[^。]{0,12}$",
        _W + r"E-?mail推荐\s*[:：]?" + _E,
        _W + r"(?:放大|缩小|默认|增大|减小)字[体号]" + _E,
        r"^.{0,12}(?:(?:分享|收藏|微博|微信|打印|缩小字体|放大字体|QQ空间|朋友圈|评论|字号|易信|举报|复制链接|更多|点赞|A[+-])[\s|｜/:：、()（）\d]*){3,}$",
    ),
    _kind(
        "comment",
        "comment",
        _W + r"(?:我要(?:跟[帖贴]|评论|反馈|留言)|(?:您)?还?可?以?已?输入\s?\d*\s?字?|发表评论|提交评论|最?[热新]评论?|查看全部\d*条?评论|"
        r"登录后?(?:发表)?评论|\d+\s?条?\s*(?:评论|跟[帖贴]|回复)\s*\d*|(?:评论|跟[帖贴])\s?[(（]?\d*[)）]?|\d+\s?[|｜]\s?回复|\d+\s?人?参与(?:评论)?|回复|点赞|举报|赞\s?\d*)"
        + _E,
        r"举报赞|参与\d*评论|网友评论仅供|已有\s?\d+\s?(?:条|人).{0,6}(?:评论|参与)",
        _W + r"(?:文明上网|请遵守).{0,30}(?:评论|发言)",
    ),
    _kind(
        "pager",
        "pagination",
        _W
        # Possessive: a long number or row of dots that no pager ends in would be tried in all its cuts, twice as many with each.
        + r"(?:上一页|下一页|首页|尾页|末页|\d++|\W)(?:[\s|｜]*+(?:上一页|下一页|首页|尾页|末页|\.{2,}+|\d++|[【\[(]\s*\d+\s*[】\])])){2,}"
        + _E,
        _W + r"(?:共\s*\d+\s*页)\W{0,4}(?:当前)?第?\s*\d+\s*页?\s*\d{0,12}" + _E,
        _W + r"(?:当前)?第\s*\d+\s*[/页]\s*共?\s*\d+\s*页" + _E,
        _W + r"(?:上一页|下一页)" + _E,
        _W + r"\d{1,2}\s?[/／]\s?\d{1,2}\s*(?:下一?页|后页)" + _E,
        r"^\s*(?:[【\[(]\s*\d{1,2}\s*[】\])]\s*){2,}$",
        _W + r"正文已结束.{0,30}$",
    ),
    _kind(
        "neighbour",
        "related_link",
        _W + r"(?:上|下|前|后)一?[篇条则](?:文章|新闻|资讯|内容)?\s*(?:[:：】\]>]|\s).{0,80}$",
        _W + r"(?:上|下)一[篇条]" + _E,
    ),
    _kind("bar", "nav", r"^\W{0,3}[^。；;,，|｜]{1,14}(?:[|｜][^。；;,，|｜]{1,20}){3,}[|｜]?$", sure=False),
    _kind("code", "code", r"^\W*(?:function\b|var\s+\w+\s*=|window\.|document\.|\$\()|^[^\u4e00-\u9fff]{8,}[{};]\s*$", sure=False),
)

# No line of a thread of comments is told alone: threads.py finds them together.
THREAD = _kind("comment-thread", "comment", r"(?!)")
# Nor is a planted line, which may be the article's topic: hijack.py looks at the whole page.
HIJACK = _kind("hijack", "promo_contact", r"(?!)")

PROSE_ALLOWED = frozenset(("page.paywall", "page.compiler-intro", "page.copyright", "page.legal", "page.licence", "page.disclaimer"))
STATEMENTS = frozenset(("page.legal", "page.disclaimer", "page.copyright"))
# What the families of words stand for where no pattern knows a line.
_OF_WORDS = {
    "nav": "nav",
    "search": "search",
    "share": "share",
    "comment": "comment",
    "pager": "pager",
    "related": "related-header",
    "app": "promo",
    "ad": "ad",
    "paywall": "paywall",
    "footer": "copyright",
    "contact": "promo",
}
_BY_WORDS = {
    name: Kind(f"page.{rule}", words.LABELS[name], re.compile(""), sure=name in words.STRONG)
    for name, rule in _OF_WORDS.items()
}
_CLAIMED = {
    (claim.rule, sure): Kind(claim.rule, claim.label, re.compile(""), sure) for claim in CLAIMS for sure in (True, False)
}
_CLEARLY = {name: Kind(kind.rule, kind.label, kind.pattern) for name, kind in _BY_WORDS.items()}


def anchor(line: str) -> Kind | None:
    """The kind of furniture that a stripped, folded line is, or None; short lines come again on all pages of a site."""
    if not line or len(line) > MAX_LENGTH:
        return None
    return _remembered(line) if len(line) <= SHORT else _anchor(line)


def _anchor(line: str) -> Kind | None:
    if NUMBERED.match(line) and (len(line) >= 30 or CLAUSE_END.search(line)):
        if not line[0].isdigit():
            return None  # a provision or an item of a list, whatever it speaks about
        return next((kind for kind in KINDS if kind.rule in STATEMENTS and kind.pattern.search(line)), None)
    if not vocabulary.LINE.search("\n" + line) and not _HINT.search(line.lower()) and line.count("|") + line.count("｜") < 3:
        return _by_words(line)
    prose = len(line) >= 40 and SENTENCE_END.search(line) is not None and line.count(",") + line.count("，") >= 1
    for kind in KINDS:
        if (not prose or kind.rule in PROSE_ALLOWED) and kind.pattern.search(line):
            return kind
    return _by_words(line)


_remembered = lru_cache(maxsize=20_000)(_anchor)

# In small letters and without sets, so that the engine skips to the first characters of its words.
_HINT = re.compile(
    "侵删|侵权|代表|无关|立场|风险自|投资建议|赞同|转载|地址|链接|网址|网络|知识共享|cc|网友|用户|广|推广|赞助|ad|spons|招租|"
    "整理|收集|搜集|汇编|整编|准备|带来|上传|提供|分享|以上|推荐|延伸|扩展|拓展|相关|关联|更多|热|往期|精彩|可能|点击|详细|"
    "打开|客户端|app|>|＞|»|→|▲|▶|信|v|qq|扣扣|企鹅|➕|❤"
)


def _by_words(line: str) -> Kind | None:
    """The kind of a short line that is spelt in words of furniture; a line that ends a sentence has to be so wholly, or to claim."""
    found = words.coverage(line)
    if found is None or found[1] < words.COVERED or (found[1] < 1 and SENTENCE_END.search(line)):
        claim = claim_of(line)
        return None if claim is None else _CLAIMED[claim[0].rule, claim[1]]
    return _CLEARLY[found[0]] if found[1] >= words.SURELY and words.parts(line, found[0]) >= 3 else _BY_WORDS[found[0]]
