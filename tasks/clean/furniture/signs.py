"""Words that pages say about themselves, by what they speak of: evidence for the model of lines, never a verdict.

A line's characters are counted, longest word first, for the family whose word owns them. Most of these words stand in
articles as well: what they are worth depends on the line's shape and on what stands around it, and training weighs that.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import numpy as np

FAMILIES: dict[str, str] = {
    "places": """
        首页 主页 网站首页 返回 回到 顶部 底部 列表 导航 频道 栏目 目录 菜单 地图 网站 站点 平台 门户 官网 本站 本网 网页 页面 版面 版块
        板块
        专栏 专题 专区 频道首页 更多 全部 展开 收起 折叠 切换 关闭 隐藏 显示 下拉 进入 跳转 链接 快捷 入口 手机版 电脑版 移动版 触屏版
        旧版 新版 繁体
        简体 无障碍 关怀 长辈 适老 语言 English 正文 浏览 欢迎光临 欢迎访问 欢迎来到 加入收藏 收藏夹 设为 当前位置 所在位置 您的位置 位置
        首頁
        信箱 矩阵 服务大厅 互动 公开 概况 机构设置 时政 要闻 动态 资讯 财经 体育 娱乐 国际 国内 社会 军事 科技 汽车 房产 教育 健康 旅游
        游戏 数码
        图片 视频 直播 论坛 博客 贴吧 社区 客户端 问答 百科 文库 读书 星座 彩票 股票 基金 生活 时尚 家居 美食 亲子 女性 评论频道 滚动 快讯
        即时
        卫视 电台 融媒 读报 数字报 电子报 版次 往期 报刊 党报 机关 部门 街道 区县 市州 县区 专业版 地方站 分站 无障碍浏览
        简繁 繁 简 触屏 极速版 标准版 网页版 小说 漫画 音乐 电影 电视剧 综艺 动漫 母婴 美妆 时装 奢侈品 家电 手机 装修
        二手房 租房 新房 招聘信息 求职 考试 题库 高考 考研 公务员 留学 英语 作文 范文 合同 总结 模板
    """,
    "account": """
        登录 登陆 登入 登出 注册 账号 账户 帐号 密码 用户名 验证码 找回 忘记 记住我 退出 会员 会员中心 个人中心 用户中心 我的 游客 签到
        等级 积分 勋章 头像
        粉丝 关注 已关注 私信 消息 通知 实名 绑定 快速登录 第三方 免费注册 立即注册 加入我们 成为会员 新用户 普通用户 认证
        手机号 手机登录 短信 短信验证码 微信登录 QQ登录 邮箱登录 立即登录 未登录 登录状态 签到天数 威望 金币 贡献 经验 发消息
        加好友 打招呼 收听 串个门 黑名单 主页 个人主页 在线时间 注册时间 最后登录 帖子 主题数 精华 勋章馆 作者主页 TA的 他的
        她的 博主 码龄 周排名 总排名 获赞 关注数 粉丝数 作品数
    """,
    "search": """
        搜索 检索 搜寻 搜一搜 搜一下 搜狗 热搜 站内搜 请输入 输入 关键字 关键词 查找 高级搜索 结果 筛选 排序 按日期 搜
        全文搜索 全站 全站搜索 标题搜索 高级检索 二次检索 精确 模糊 搜本站 搜文章 热门搜索 大家都在搜 搜索历史 搜更多
    """,
    "tools": """
        分享 转发 转载到 收藏 打印 字号 字体 放大 缩小 默认 大号 小号 纠错 朗读 播报 听全文 听文章 倍速 语速 护眼 夜间模式 背景色 复制
        复制链接 保存
        二维码 扫码 扫一扫 扫描 长按 识别 朋友圈 好友 微信 微博 新浪微博 QQ 空间 人人网 豆瓣 贴吧 钉钉 抖音 快手 小红书 邮件 发送 推荐给
        告诉 书签 订阅
        手机看 手机阅读 手机浏览 手机查看 电脑浏览 导出 生成海报 长图 引用 举报 反馈 报错 投诉 建议反馈 截图 微信好友 LINE Facebook
        Twitter
        听新闻 语音播报 智能播报 男声 女声 暂停播报 看图 缩放 全屏阅读 护眼模式 深色 浅色 目录导航 添加书签 加入书签 加入书架
        书架 收藏本文 收藏本站 复制网址 复制地址 微信分享 微博分享 更多分享 一键分享 下载PDF 下载Word 打印本页 关闭窗口
        关闭本页 返回顶部 去顶部 回顶部 目录 大纲 AI 智能 摘要 总结全文 一键总结 翻译 原文对照 划线 笔记 纠错反馈 我要纠错
        内容有误
    """,
    "comment": """
        评论 留言 跟帖 跟贴 回复 回帖 发帖 发表 楼主 沙发 板凳 层主 楼层 网友 热评 神评 看法 观点 参与 讨论 互动 点赞 赞同 反对 支持 顶 踩
        赞 鼓励 打赏 投票 投币
        表情 匿名 审核 显示 抢先 第一个 还没有 暂无 说点什么 写下 善语 文明 理性 有用 没用 有帮助 满意 不满意 评分 打分 星级 在看 喜欢
        不喜欢 感谢 送花
        条评论 条留言 人参与 人赞 次浏览 留个 观众 读者 粉 弹幕 吐槽
        只看楼主 只看该作者 倒序 倒序浏览 正序 最早 最热评论 最新评论 热门评论 全部评论 网友评论 精彩评论 写评论 写留言 发弹幕
        抢首评 抢沙发 评论区 暂无评论 没有更多评论 展开评论 查看全部评论 条回复 楼 收到的赞 踩一下 顶一下 好评 差评 中评 签名
        头像 未通过审核 评论自律
    """,
    "counter": """
        浏览 浏览量 浏览次数 阅读 阅读数 阅读量 点击 点击数 点击量 点击率 人气 访问 访问量 热度 播放 播放量 下载次数 下载量 次数 字数
        阅读时间 分钟 小时前 天前 分钟前
        秒前 昨天 今天 前天 刚刚 月前 周前 年前 人已 已有 共有 累计 次 阅 万 编辑于 发布于 更新于 发表于 属地
        阅读人数 浏览人数 热度值 收藏数 点赞数 评论数 转发数 粉丝 播放次数 总访问 今日访问 在线人数 在线 字数统计 阅读时长
        预计阅读 阅读完需 更新至 上线 天前更新 小时前更新
    """,
    "pager": """
        上一页 下一页 上页 下页 首页 尾页 末页 前一页 后一页 第一页 最后一页 翻页 页码 分页 共页 当前页 余下 剩余 下一节 上一节 上一章
        下一章 章节 目录 返回目录 余下全文 全文
        未完 待续 上一篇 下一篇 上一条 下一条 上一则 下一则 上篇 下篇 上一版 下一版 上一期 下一期 本版 前一篇 后一篇 没有了 加载 加载中
        滑动 上滑 下滑 左滑 右滑 往下 继续
        上一章节 下一章节 章节列表 章节报错 返回书页 返回目录页 书页 目录页 末尾 跳页 跳至 跳转至 到第 每页 条 总页数
        查看下一页 点击下一页 继续看 加载更多 正在加载 没有更多 已经到底 到底了 到头了 向上滑动 向下滑动 滑动查看 左右滑动
    """,
    "related": """
        相关 推荐 热门 热点 热文 热帖 热榜 热词 热议 排行 排行榜 榜单 榜 精选 精彩 最新 最近 近期 更多 延伸 扩展 拓展 关联 同类 类似 猜你
        猜您 喜欢 感兴趣 可能 还看 看过
        在看 都在看
        大家 往期 回顾 历史文章 好文 好帖 必读 必看 速看 看点 要点 头条 人气 图集 组图 图文 焦点 聚焦 标签 话题 主题 专辑 系列 合集 资料
        素材 范文 文章 新闻 阅读 栏目
        热图 编辑 小编 随机
        换一换 换一批 看更多 查看更多 阅读更多 详情 详细 点击查看 戳 围观 更新 一周 本周 本月 今日 昨日 今天 小时 日榜 周榜 月榜 总 周 月
        相关文档 相关问答 相关问题 相关推荐 相关主题 相关帖子 相关产品 相关商品 相关法规 相关案例 相关词条 相关职位 相关小说
        同类推荐 同类文章 同城 同作者 作者其他 其他文章 本类推荐 本栏 本版 热读 热评榜 点击榜 人气榜 新书 新书榜 推荐榜 精品
        精品推荐 编辑推荐 主编推荐 为你精选 大家爱看 还喜欢 也喜欢 浏览过 看了又看 买了又买 查看同类 更多精彩 更多内容 更多新闻
        更多文章 更多资讯 上周 昨日热门 24小时 7天 一周热门 月度
    """,
    "app": """
        下载 APP 客户端 安装 打开 安卓 苹果版 iPhone Android iOS 手机版 手机端 移动端 小程序 公众号 公众平台 服务号 订阅号 视频号 头条号
        百家号 企鹅号 官方微博
        官方微信 官方 微信号
        关注 关注我们 关注本 星标 置顶 蓝字 卡片 上方 下方 左下角 右下角 右上角 点击 轻触 长按 扫码 扫描 识别 二维码 阅读原文 原文 体验
        流畅 随时 随地 掌上 一手掌握 加群
        入群 群聊 社群
        在看 转发 点赞 三连 互动 粉丝 福利 领取 免费领 抽奖 回复 后台 获取 更好 最佳
        扫码下载 扫码关注 扫码进群 扫码添加 扫码阅读 扫码观看 扫码听 手机扫 微信搜 搜一搜 小红书号 抖音号 快手号 下载安装
        立即下载 免费下载 高速下载 普通下载 安全下载 本地下载 客户端下载 打开客户端 打开小程序 应用商店 安卓版 苹果 鸿蒙 更新日志
    """,
    "commerce": """
        广告 推广 赞助 商业 合作 招商 加盟 特惠 优惠 优惠券 折扣 限时 秒杀 抢购 包邮 红包 返现 开户 领券 立即购买 点击购买 购买 报名
        报名入口 咨询 免费咨询 在线咨询 预约 热线 客服
        客服微信 顾问 老师 名额 包过 代理 代办 代写 代发 定制 正品 官方旗舰店 旗舰店 店铺 下单 购物车 价格 低至 元起 立减 赚钱 兼职 彩金
        送 首存 娱乐城 博彩 投注 试玩 必中
        治疗 专科 祖传 偏方
        医院 无效退款 加微信 加我 微信号 VX QQ群 投资者 理财 福利 广告位 招租 立即 马上 免费 点击进入 点击领取 了解详情 贷款 额度 秒批
        开通会员 会员价 原价 现价 到手价 促销 满减 领取 立即领取 领红包 领优惠券 团购 拼团 砍价 直播间 下单立减 加入购物车
        立即抢购 现货 批发 厂家 直销 供应商 报价 询价 获取底价 免费试听 免费领取 免费试用 报班 课程 试听 学员 开户佣金
        证券开户 期货开户 低佣 荐股 牛股 涨停 行情 股吧 自选股 研报 基金净值 财富 炒股 外汇 贵金属 体彩 福彩 开奖 预测
        走势图 加盟费
    """,
    "paywall": """
        付费 收费 会员 VIP 尊享 专享 专属 独享 解锁 开通 续费 充值 购买 支付 订阅 试读 试看 免费阅读 免费部分 预览 预览版 完整版 完整 全文
        全部内容 余下 剩余 未读 隐藏
        可见 权限 无权 登录后 注册后
        购买后 付费后 下载后 关注后 扫码后 下载券 积分 金币 书币 豆 元 额度 继续阅读 展开全文 阅读全文 查看全文 查看剩余 获取全文 阅读剩余
        阅读完整 仅供预览 部分内容 仅展示 超出
        文档 附件 源文件 打赏
        次月 首月 首年 免费试用 畅读 畅享 本章 本期 章节 更多内容 后续 以下内容 此处 才能 即可 方可 需要 需 请先 请
        未读完 还剩 剩余内容 余下内容 看完整版 看全文 看全部 阅读权限 会员文章 会员免费 VIP专享 下载特权 下载文档 付费下载
        免费下载 去除水印 不带水印 无水印 积分下载 消耗 扣除 预览结束 预览完毕 试读结束 试看结束 订阅后 加入会员 立即开通
        成为会员可 企业版 个人版
    """,
    "legal": """
        版权 版权所有 著作权 侵权 侵权必究 必究 授权 许可 未经 不得 严禁 禁止 谢绝 转载 摘编 复制 镜像 摘录 转贴 引用 注明 出处 来源 原文
        原作者 作者 原创 首发 声明 免责
        免责声明 郑重 特别 提示 仅代表
        代表 观点 立场 无关 不代表 赞同 证实 真实性 参考 仅供 不构成 建议 投资 风险 自负 自担 责任 承担 负责 删除 删 联系我们 告知 通知
        处理 核实 网络 互联网 收集 整理
        搜集 上传 投稿 分享 交流 学习 传播
        传递 信息 目的 非商业 商业用途 用途 合法 权益 权利 所有人 异议 如有 若有 如涉 请于 及时 本网站 本平台 本公众号 我方 我们 隐私 协议
        条款 政策 守则 公约 承诺书 法律顾问 律师
        版权归 归原作者 归作者 原作者所有 转载请 转载须 转载自 署名 非商业性 许可协议 知识共享 侵权删除 侵权联系 联系删除
        立刻删除 立即删除 及时删除 一经查实 举报邮箱 如有侵犯 如有雷同 自行承担 风险提示 请自行甄别 甄别 谨慎 不构成任何 不代表本
        仅供学习 请勿用于 医生诊断 遵医嘱 就医 本内容 网友发布 用户发布 自行上传 信息存储空间
    """,
    "site": """
        主办 承办 协办 主管 运营 维护 技术支持 制作 设计 开发 建议使用 分辨率 浏览器 邮编 地址 电话 传真 邮箱 信箱 热线 举报 投诉 监督
        违法 不良信息 不良 备案 备案号 许可证
        经营许可 标识码 编号 证号
        ICP 公网安备 网安 网警 刊号 邮发代号 统一刊号 版权 Copyright Rights Reserved Powered Theme 访客 访问 统计 站长 友情链接 友链
        合作伙伴
        合作媒体 关于我们 关于 招聘 诚聘 加入我们 联系方式 联系 投稿 广告服务 刊登
        网站声明 网站建设 意见 帮助 帮助中心 常见问题 客服中心 服务条款 简介 总部 分站 地方站 网站简介 网站律师 营业执照 视听 出版
        信息中心 编辑部 技术 支持 服务 工作时间
        校址 院址 社址 馆址 单位地址 通讯地址 通信地址 联系电话 办公电话 值班电话 办公时间 服务时间 服务热线 举报热线 举报邮箱
        监督电话 公开电话 网站标识码 政府网站 党委宣传部 宣传部 新闻中心 网络中心 信息化 版权单位 主办单位 承办单位 协办单位
        主管单位 指导单位 建站 网站维护 总访问量 站点统计 友情链接申请 网址导航 违法信息 举报中心 12377 涉未成年 工商 执照
        公网 京ICP 粤ICP 沪ICP 增值电信
    """,
    "credit": """
        作者 来源 编辑 责编 责任编辑 主编 编审 审核 校对 审校 记者 通讯员 摄影 摄 撰文 撰稿 文字 图片 图 文 供图 供稿 稿源 监制 统筹 策划
        排版 美编 编导 一审 二审 三审
        初审 复审 终审 值班 实习生 翻译 发稿 签发
        原标题 原题 发布 发布时间 发布日期 时间 日期 更新时间 发布者 发布人 录入 上传 出版 报道 本报 本报讯 讯 电 原创 转自 摘自 来自
        信息来源 文章来源 索引号 文号 成文 发文
        来源于 稿件来源 供稿单位 作者单位 作者简介 通讯作者 审稿 审签 签审 核发 责校 责任校对 视觉 海报 剪辑 出品 出品人 监审
        总监制 制片 拍摄 配音 主播 播音 记者站 特约 采写 采编 编译 译者 译文 校译 首发于 首发 刊发 刊登于 见报 版面 期号
        卷 页码范围 收稿 基金项目 关键词 中图分类号 文献标识码
    """,
    "compiler": """
        小编 编者 编者按 导读 导语 简介 寄语 提示 温馨提示 摘要 整理 收集 搜集 汇总 汇编 精选 精心 整编 准备 带来 分享 介绍 推荐 为大家
        给大家 为您 为你 大家 希望 帮助
        有所帮助 参考 借鉴 仅供参考 供参考 查阅 阅读
        欢迎 欢迎阅读 欢迎参考 喜欢 感兴趣 快来 一起来 看看 来看看 就来 了解 一下 相关 内容 资料 范文 模板 大全 如果 觉得 不错 记得 收藏
        下面 以下 接下来 今天 本文 以上
        就是 全部内容 更多 关注 请继续 敬请 浏览 本站 网 感谢
        编者注 编后 结语 总之 本文来自 本文由 本文是 以上是 以上便是 以上内容 全文完 完结 收藏夹 收藏起来 放进收藏 有用 如对您
        如果您 对你有用 实用 一览 详解 教程 攻略 步骤 逛逛 继续 了解更多 点赞 一键三连 下期 下次 见
    """,
    "media": """
        播放 暂停 静音 全屏 自动播放 正在播放 视频 音频 播放器 浏览器 暂时无法 不支持 加载 缓冲 点击播放 画中画 清晰度 高清 标清 原图
        查看原图 大图 点击图片 点击查看大图 图片
        展开图片 动图 GIF 直播中 回放 请升级 刷新 重试 字幕
        网络 出错 页面 不存在 找不到 返回上一页 跳转中 请稍候 稍后 验证 安全验证 拖动 滑块 Cookie cookies 接受 同意
        加载失败 播放失败 重新加载 刷新重试 视频加载 音频加载 倍速播放 高清播放 弹幕 投屏 小窗 重播 上一集 下一集 选集 剧集
        片头 片尾 图集 共图 张图 浏览大图 放大图片 图片来源 图源 长图 视频来源 点击观看 观看视频 观看 打开声音 取消静音
        JavaScript javascript 启用 禁用 升级 兼容 浏览器版本 人机验证
    """,
}
SPELT = 0.75  # share of a line's letters by which it speaks of pages
OWN_EVIDENCE = 0.3
JUDGED = 120  # characters of a long line whose words are counted
REMEMBERED = 24  # characters of the longest line that is remembered
SHORTEST_EVIDENCE = 4  # characters
CALLS = ("请", "欢迎", "点击", "立即", "马上", "快来", "赶快", "敬请", "您", "你", "我们", "我要", "本站", "本网", "本页", "本文", "亲")

NAMES = tuple(FAMILIES)
_OWNERS: dict[str, int] = {}  # word -> families that have it, one bit each
for _bit, _words in enumerate(FAMILIES.values()):
    for _word in _words.split():
        _OWNERS[_word.lower()] = _OWNERS.get(_word.lower(), 0) | 1 << _bit
_LENGTHS: dict[str, tuple[int, ...]] = {}  # first character -> lengths of words, longest first
for _word in sorted(_OWNERS, key=len, reverse=True):
    _lengths = _LENGTHS.get(_word[0], ())
    if len(_word) not in _lengths:
        _LENGTHS[_word[0]] = (*_lengths, len(_word))


_FIRST = re.compile("[" + re.escape("".join(_LENGTHS)) + "]")
_FAMILIES_OF: dict[int, tuple[int, ...]] = {
    bits: tuple(k for k in range(len(NAMES)) if bits >> k & 1) for bits in set(_OWNERS.values())
}


Owned = tuple[tuple[int, ...], int, int]


NOTHING: Owned = (0,) * len(NAMES), 0, 0


def owned(line: str) -> Owned:
    """Characters of a line that each family's words own, those that any owns, and how many words there are."""
    return _remembered(line) if len(line) <= REMEMBERED else _count_owned(line)


@lru_cache(maxsize=20_000)
def _remembered(line: str) -> Owned:
    """Short lines come again: on a page, which asks more than once, and on all pages of a site."""
    return _count_owned(line)


def _count_owned(line: str) -> Owned:
    line = line.lower()
    return _count_at(line, [found.start() for found in _FIRST.finditer(line)])


def _count_at(text: str, places: list[int]) -> Owned:
    """Words that begin at some of the places, one after the other, the longest at each."""
    counts, union, words, done = [0] * len(NAMES), 0, 0, 0
    for at in places:
        if at < done:
            continue
        for length in _LENGTHS[text[at]]:
            bits = _OWNERS.get(text[at : at + length])
            if bits is None or (text[at].isascii() and _within_a_word(text, at, at + length)):
                continue
            for family in _FAMILIES_OF[bits]:
                counts[family] += length
            union += length
            words += 1
            done = at + length
            break
    return tuple(counts), union, words


def _within_a_word(text: str, start: int, stop: int) -> bool:
    """Whether Latin letters go on beside a span: `app` in `happen` is no word of pages."""
    return (start > 0 and _is_letter(text[start - 1])) or (stop < len(text) and _is_letter(text[stop]))


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


@cache
def _openings() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of first characters, columns of second ones (by code point up to U+FFFF, one for all beyond), and which pairs open a word."""
    row, column = np.zeros(0x10001, np.uint16), np.zeros(0x10001, np.uint16)
    seconds = sorted({word[1] for word in _OWNERS if len(word) > 1})
    row[[ord(c) for c in _LENGTHS]] = np.arange(1, len(_LENGTHS) + 1)
    column[[ord(c) for c in seconds]] = np.arange(1, len(seconds) + 1)
    opens = np.zeros((len(_LENGTHS) + 1, len(seconds) + 1), bool)
    for word in _OWNERS:
        opens[row[ord(word[0])], column[ord(word[1])] if len(word) > 1 else slice(None)] = True
    return row, column, opens


def owned_all(lines: list[str]) -> list[Owned]:
    """`owned` of each of many lines: the places where a word may begin are looked for in all long ones at once."""
    found = [_remembered(line) if len(line) <= REMEMBERED else None for line in lines]
    long = [i for i, line in enumerate(found) if line is None]
    if not long:
        return found
    lowered = [lines[i].lower() for i in long]
    text = "\n".join([*lowered, ""])
    points = np.minimum(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32), 0x10000)
    row, column, opens = _openings()
    places = np.flatnonzero(row[points] != 0)
    places = places[opens[row[points[places]], column[points[places + 1]]]]
    starts = np.cumsum([0, *(len(line) + 1 for line in lowered)])
    bounds = np.searchsorted(places, starts).tolist()
    at = (places - np.repeat(starts[:-1], np.diff(bounds))).tolist()
    for k, i in enumerate(long):
        found[i] = _count_at(lowered[k], at[bounds[k] : bounds[k + 1]])
    return found


def speaks_of_pages(line: str) -> bool:
    """A short line without a sentence's end, most of whose characters are words of pages, two at least."""
    if not 3 <= len(line) <= 40 or line[-1] in "。；;，,、：":
        return False
    _, union, words = owned(line)
    return words >= 2 and union >= SPELT * sum(map(str.isalpha, line))


def has_page_words(line: str, found: Owned | None = None) -> bool:
    """Whether words of pages own a good part of a line that is more than one word; `found` where its beginning was counted before."""
    _, union, words = owned(line[:JUDGED]) if found is None else found
    return words > 0 and len(line) > SHORTEST_EVIDENCE and union >= OWN_EVIDENCE * sum(map(str.isalpha, line[:JUDGED]))
