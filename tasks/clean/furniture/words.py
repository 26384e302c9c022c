"""How much of a short line is spelt in words that pages use around articles: evidence for lines no template knows.

A line's words are found greedily, longest first; numbers, signs and blanks count for nothing. A line that is all such
words is furniture of the family that owns most of its characters, whatever its template is.
"""

from __future__ import annotations

import re

_FAMILIES = {
    "nav": """
        网站首页 首页 主页 主站 网站地图 网站导航 站点地图 导航 快速 栏目 频道 菜单 展开 收起 切换 跳到 主要内容 登录 登陆
        注册 免费 退出 会员中心 个人中心 用户中心 我的 消息 通知 设为 收藏本站 加入收藏 收藏夹 手机版 电脑版 触屏版 移动版
        客户端 无障碍 长辈版 关怀版 适老化 繁體 简体 繁体 中文 英文 版 RSS 订阅 English 企业邮箱 网上投稿 在线投稿 投稿
        关于我们 关于本站 关于 联系我们 联系方式 联系站长 版权声明 法律声明 隐私政策 隐私 服务条款 用户协议 免责条款 免责声明
        广告服务 招聘信息 诚聘英才 帮助中心 帮助 意见反馈 反馈 合作伙伴 友情链接 返回 顶部 列表 上一页 页首 关闭 窗口 本窗口
        欢迎 欢迎访问 欢迎光临 来到 您好 你好 游客 请 回到 TOP 站内信 购物车 更多 官方 微博 微信 公众号 抖音 快手 视频号
        新媒体 矩阵 小程序 头条号 APP
    """,
    "search": """
        搜索 检索 搜 搜一下 全站 站内 全文 本站 全网 高级 热门 热搜 热搜词 关键字 关键词 关键 请输入 输入 您 你 想 要 查找
        查询 的 内容 标题 作者 栏目 全部 大家都在搜 智能 按
    """,
    "share": """
        分享到 分享至 分享给 分享 好友 和 朋友圈 朋友 微信 微博 新浪微博 新浪 腾讯微博 腾讯 QQ空间 QQ好友 QQ 空间 人人网
        开心网 豆瓣 钉钉 百度贴吧 收藏 举报 打印 打印本页 打印本文 本页 本文 本稿 纠错 挑错 字号 字体 大小 超大 特大 标准 默认
        放大 缩小 大 中 小 T大 T中 T小 A大 A小
        朗读 语音 播报 听新闻 听 暂停 播放 复制链接 复制 链接 扫一扫 扫码 扫描 扫 二维码 手机看 手机 浏览
        观看 阅读 用 在 打开 当前页 此页 查看 我要 让更多人看到 至 到 随身看 资讯 文章 转发 推荐给 推荐
    """,
    "comment": """
        评论 网友 网友评论 发表 发布 提交 回复 点赞 赞 踩 顶 在看 喜欢 不喜欢 支持 反对 举报 热门评论 最新评论 全部评论
        精选留言 留言 写留言 写评论 跟帖 跟贴 抢沙发 沙发 快来 还没有 暂无 人 参与 条 共 看法 已有 位 共有 您的 将 经 审核 后
        显示 用户名 密码 匿名 验证码 说两句 我来 我要 有话说 点击 表态 阅读 阅读量 浏览量 次 收藏 转发 分享 小时前 分钟前 天前
        楼 楼主 只看 倒序 排序 最新 最热 登录 请 才能 可以 查看 更多 加载 加载中 这篇 文章 对 有帮助 没帮助 没有 帮助 有 吗
        评论区 讨论
    """,
    "pager": """
        上一页 下一页 上页 下页 前一页 后一页 首页 尾页 末页 第 页 共 当前 本文 全文 分页 页码 跳转 到 余下 余下全文 查看 阅读
        显示 全部
    """,
    "related": """
        相关 推荐 热门 热点 热文 热榜 热搜 排行 排行榜 榜 点击 阅读 精选 精彩 最新 最近 更多 延伸 扩展 拓展 关联 同类 本类
        本栏 图文 频道 本月 本周 今日 昨日 一周 小时 编辑 猜你 猜你喜欢 喜欢 感兴趣 可能 还 看了 看过 还看了 还喜欢 此文 本文
        网友 读者 用户 的 人 您 你 文章 新闻 资讯 链接 内容 视频 图片 专题 报道 信息 往期 回顾 大家 都在看 在看 为您 为你 随机
        随便看看 日 周 月 TOP 头条 要闻 动态 下一篇 上一篇 栏目 站内 博文 图集 滚动 关注 也
    """,
    "app": """
        下一页 下一条 下一篇 左滑 右滑
        打开 下载 客户端 APP 阅读 全文 展开 点击 长按 识别 扫描 扫码 扫一扫 二维码 关注 我们 本公众号 公众号 官方 微信 微博
        小程序 卡片 下方 上方 蓝字 左下角 阅读原文 原文 查看 更多 内容 精彩 获得 最佳 更佳 体验 继续 滑动 上滑 下滑 向上 向下
        看 下一个 剩余 请 在 内 观看 随时随地 新闻 视频 立即 免费 安装 参与 互动 有礼 欢迎 手机 本文 点个 再走 吧 觉得 不错
        点赞 转发 三连 分享 安排 一下 资讯 和 移动端 用 的 加入 星标 设为 置顶 播放 GIF 回复 领取 更 最新 微信号 新媒体 矩阵
        抖音 快手 随时 随地 了解 获取 资料 微信公众号
    """,
    "ad": """
        广告 推广 赞助 赞助商 信息 链接 限时 特惠 点击 查看 详情 advertisement AD 继续阅读 阅读 投放 位 招租 商业 合作
        推广信息 优惠券 领取 新人 专享 立即 红包
    """,
    "paywall": """
        试读 预览 结束 已结束 已 付费 购买 会员 专享 专属 登录 注册 后 可 继续 阅读 全文 完整 完整版 剩余 内容 未读 解锁 开通
        即可 畅读 订阅 查看 下载 请 需要 需 积分 才能 充值 立即 权限 您 你 您的 用户组 是 游客 升级 VIP 免费 隐藏 此处 回复
        可见 未完待续 本期 杂志 本文 为 文档 仅 展示 头部 部分 尾部 文字 过长 图片 全部 以上 以下 支付 该 文章 非会员 还没有
        成为 可以 字 元 设置 加载中 和 继续阅读 查看全文 无权 用户 仅需 只需
    """,
    "footer": """
        版权所有 版权 所有 侵权必究 侵权 必究 未经 授权 许可 禁止 转载 复制 镜像 主办 承办 协办 主管 单位 地址 邮编 电话 传真
        邮箱 技术支持 支持 技术 维护 运营 建议 使用 分辨率 浏览器 浏览 以上 版本 最佳 谷歌 备案 备案号 序号 编号 网站 标识码
        网站标识码 公安 网安 许可证 经营 互联网 新闻 信息 服务 信息服务 违法 不良 举报 举报电话 举报邮箱 监督 Copyright All
        Rights Reserved ICP Powered by Theme 访客 您是第 第 位 声明 免责 制作 总访问量 今日 访问 中心 信息中心 本站 由 提供 和
        与 及 工信部 中国 12377 网警
    """,
    "contact": """
        咨询 热线 客服 投稿 邮箱 商务 合作 请联系 联系 广告 爆料 微信 电话 加 添加 微信号 QQ QQ群 群 老师 备注 资料 领取 更多
        请加 欢迎 加入 交流 新闻 线索 合作请联系 报料 V信 VX 客服微信
    """,
}
LABELS = {
    "nav": "nav",
    "search": "nav",
    "share": "share_widget",
    "comment": "comment",
    "pager": "pagination",
    "related": "related_links_header",
    "app": "promo_contact",
    "ad": "promo_contact",
    "paywall": "paywall_notice",
    "footer": "copyright",
    "contact": "promo_contact",
}
# Words without which a line of the family proves nothing: the rest only fill it up.
_PROOF = {
    "nav": "首页|主页|网站|登录|注册|收藏|设为|导航|菜单|手机版|客户端|无障碍|RSS|投稿|关于|联系|返回|顶部|关闭|公众号|微博|"
    "隐私|栏目|频道|English|矩阵|欢迎访问|欢迎来到|APP",
    "search": "搜|检索",
    "share": "分享|扫|打印|字[号体]|"
    "朋友圈|微博|纠错|听新闻|朗读|播报|二维码|大.{0,3}中.{0,3}小|小.{0,3}中.{0,3}大|手机看|收藏.{0,6}举报",
    "comment": "评论|点赞|赞|踩|回复|跟[帖贴]|沙发|留言|说两句|看法|验证码|在看|喜欢|帮助|楼主",
    "pager": "页",
    "related": "相关|推荐|热|榜|排行|精选|精彩|最新|延伸|扩展|关联|同类|本类|猜你|喜欢|感兴趣|回顾|还看|都在看",
    "app": "打开.{0,12}(?:APP|客户端)|下载|扫|二维码|公众号|关注|点击|展开|滑动|上滑|下滑|在看|点赞|阅读原文|矩阵|APP|微信|GIF",
    "ad": "广告|推广|赞助|advertisement|优惠券|红包|AD",
    "paywall": "试读|预览|付费|购买|会员|解锁|充值|支付|积分|VIP|隐藏|未读|未完待续|可见|订阅|权限",
    "footer": "版权|Copyright|备案|主办|承办|邮编|技术支持|浏览器|网安|ICP|访客|Powered|标识码|侵权必究|分辨率|举报|许可证|地址.{3,40}电话",
    "contact": "热线|微信|邮箱|QQ|V信|VX|商务|投稿",
}
_PROOFS = {name: re.compile(pattern.lower()) for name, pattern in _PROOF.items()}  # over small letters: much faster
_ANY_PROOF = re.compile("|".join(p.pattern for p in _PROOFS.values()))
# Families whose words authors use in bare headings too need two words or a companion line; these prove by one line.
STRONG = frozenset(("nav", "search", "share", "comment", "pager", "related", "app", "ad", "paywall"))
LONGEST = 60
COVERED = 0.8
MAINLY = 0.6  # of a line in one family's words: the rest may be in any family's, all of it
SURELY = 0.95
# What fills the slots of a template: addresses, names of users and of sites say nothing for or against.
_FILLING = re.compile(
    r"[\w.+-]+@[\w.-]+|https?://\S+|www\.\S+|[A-Za-z]+\d\w*|"
    r"[\u4e00-\u9fff]{2}(?:新闻|资讯|门户|政府)?(?:网站|网|日报|晚报|都市报|在线|文库)(?![\u4e00-\u9fff]?络)"
)
_SIZE = re.compile("[\u4e00-\u9fff]|[A-Za-z]+")
_FINDERS = {
    name: re.compile("|".join(map(re.escape, sorted(set(words.split()), key=len, reverse=True))), re.IGNORECASE)
    for name, words in _FAMILIES.items()
}

_ANY = re.compile("|".join(map(re.escape, sorted({w for words in _FAMILIES.values() for w in words.split()}, key=len, reverse=True))), re.I)


def _size(text: str) -> int:
    return len(_SIZE.findall(text))


def parts(line: str, family: str) -> int:
    """How many words of a family a line holds."""
    return len(_FINDERS[family].findall(line))


def coverage(line: str) -> tuple[str, float] | None:
    """The family that explains a short line best, and the share of the line that its words cover; None where none proves it."""
    if len(line) > LONGEST:
        return None
    lowered = line.lower()
    if _ANY_PROOF.search(lowered) is None:
        return None
    bare = _FILLING.sub(" ", line)
    whole = _size(bare)
    if not whole:
        return None
    best: tuple[float, str] | None = None
    for name, proof in _PROOFS.items():
        if proof.search(lowered) is None:
            continue
        share = sum(_size(m[0]) for m in _FINDERS[name].finditer(bare)) / whole
        if best is None or share > best[0]:
            best = (share, name)
    if best is None:
        return None
    if MAINLY <= best[0] < COVERED and sum(_size(m[0]) for m in _ANY.finditer(bare)) >= whole:
        best = (COVERED, best[1])
    return best[1], best[0]
