"""Whole pages in the manner of publishers of many kinds: half C of the generator, in words of its own.

Written before it was measured how the rules fare on them, and never to be used for tuning: their figures say what pages that
nobody tuned for would give. A line is a template with the slots of wordings.py; in front of it may stand

    ?   the line is printed on half of the pages
    ~   the line stands between two paragraphs of the body, on half of the pages
    +   the line and those with a + below it are one block: all or none

@title and @body are the clean document's own. All lines but @body are dirt of the class named after the frame and the place.
"""

from __future__ import annotations

FRAMES: dict[str, str] = {
    "county-government": """
无障碍阅读 进入关怀版
?繁體中文 | 移动端 | 智能问答
{site}门户网站
网站首页 魅力{chan} 政务公开 政务服务 互动交流 数据发布
请输入要搜索的内容
您当前的位置是：首页 > 政务公开 > 政府信息公开目录 > 部门文件
索 引 号：{icp}/{year}-00{n} 主题分类：综合政务
发文机关：{site}办公室 成文日期：{date}
@title
时间：{date} {time} 来源：{site}办公室 浏览次数：{nn} 次 字号：[ 大 中 小 ]
?视力保护色：
@body
?附件下载：
扫一扫在手机上查看当前页面
【打印正文】 【关闭页面】
?您访问的链接即将离开本网站，是否继续？
?+相关政策解读
+· {title}
+· {title2}
主办：{site}办公室 承办：大数据中心
?政府网站标识码：{icp}0{n} 陇公网安备{icp}号
联系电话：{phone}（工作日 8:30-17:30） 网站地图
""",
    "public-account": """
@title
原创 {name} {site} {date} {time} 发表于{chan}
?在小说阅读器中沉浸阅读
?↑ 点击蓝字关注，与{name}一起进步
~▼ 往期好文 ▼
~戳图了解 {title}
@body
?— END —
?来源 | {site}　图文 | {name}
?编辑丨{name} 校对丨{name2} 审核丨{name}
?喜欢就点个赞和在看吧
预览时标签不可点
?轻触阅读原文
微信扫一扫 关注该公众号
继续滑动看下一个
?{site} 向上滑动看下一个
?知道了 微信扫一扫 使用小程序
?视频 小程序 赞 ，轻点两下取消赞 在看 ，轻点两下取消在看
分享 留言 收藏 听过
""",
    "wire-account": """
百家号首页 ×
登录后即可同步观看历史
@title
{site}官方帐号 {date} {time} {chan}
?已订阅
~打开百度APP看高清大图
@body
?作者声明：内容由AI辅助生成
?举报/反馈
作者最新文章
{items:plain}
大家还在搜
{items:hot}
收起 展开剩余{n}%
设为首页 © Baidu 使用前必读 意见反馈 京ICP证{icp}号
""",
    "feed": """
关注 推荐 {chan} 热点 {chan2} 视频 更多
@title
{date} {time}·{site}
?关注
@body
?评论 {n}
?抢首评
搜索更多相关内容
热门搜索
{items:plain}
?换一换
下载头条APP
?转载 {n} 分享 评论 {n2}
侵权举报受理 跟帖评论自律管理承诺书
""",
    "board": """
找回密码 立即注册 只需一步，快速开始
快捷导航 论坛BBS 导读 排行榜 今日: {nn}
{site}论坛»论坛›{chan}›{chan2}灌水›查看内容
返回列表 发新帖
查看: {nn} | 回复: {n}
@title [复制链接]
{name} 发表于 {date} {time} | 显示全部楼层 | 阅读模式
?电梯直达 楼主
~马上注册，结交更多好友，享用更多功能，让你轻松玩转社区。
@body
?签到天数: {n} 天 [LV.{n2}]偶尔看看
+使用道具 举报
+{name2} 发表于 {date}
+路过帮顶，楼主好人一生平安
+支持 反对
?发表回复 高级模式 B Color Image Link
?您需要登录后才可以回帖 登录 | 立即注册
Archiver|手机版|小黑屋|{site}论坛 ( 粤ICP备{icp}号 )
GMT+8, {date} {time} , Processed in 0.0{n} second(s), {n2} queries .
Powered by Discuz! X3.4 © 2001-{year} Discuz! Team.
""",
    "blog": """
{name}的自留地
记录、思考与生活
首页 归档 标签 关于我 留言板 RSS
@title
由 {name} 发布于 {date}, 归类于 {chan}, 共 {nn} 字, 约 {n} 分钟读完
?文章目录 [隐藏]
@body
?如果觉得文章对你有用，请随意打赏
?微信打赏 支付宝打赏
除非注明，本博文章均为原创，转载请以链接形式标明本文地址
本文链接：https://blog.{id}.net/archives/{n}.html
?标签 {chan}, {chan2}
← 上一篇 {title}
→ 下一篇 {title2}
+《{title}》有 {n} 条评论
+{name2}说道：
+{date} {time}
+写得不错，收藏了。
+回复
发表评论 取消回复
邮箱地址不会被公开。 必填项已用*标注
近期文章
{items:plain}
分类目录 {chan} {chan2} 功能 登录 条目Feed 评论Feed
自豪地采用WordPress
""",
    "answer-site": """
首页 知学堂 等你来答
切换模式 登录/注册
@title
{name} 等 {n} 人赞同了该文章
?{chan}爱好者，公众号同名
?关注她
~​目录 收起
@body
?编辑于 {date} {time} ・IP 属地{chan}
?著作权归作者所有。商业转载请联系作者获得授权，非商业转载请注明出处。
赞同 {n} {n2} 条评论 分享 喜欢 收藏 申请转载
?还没有人送礼物，鼓励一下作者吧
推荐阅读
{items:plain}
想来回答？请登录
""",
    "county-media": """
{site}融媒体中心主办
今天是：{cdate} 星期五 天气预报
站内搜索： 搜 索
首 页 {chan}要闻 乡镇动态 部门信息 媒体看{chan2} 掌上{chan}
首页 ＞ {chan}要闻 ＞ 浏览文章
@title
作者：{name} {name2} 文章来源：{site}融媒体中心 点击数：{nn} 更新时间：{date}
@body
?（记者 {name} 通讯员 {name2}）
?+编辑：{name}
+责编：{name2}
+编审：{name}
上一篇文章： {title}
下一篇文章： {title2}
?【字体：小 大】【发表评论】【加入收藏】【告诉好友】【打印此文】【关闭窗口】
最新热点 最新推荐 相关文章
{items:bracket}
?网友评论：（只显示最新{n}条。评论内容只代表网友观点，与本站立场无关！）
网站简介 | 联系我们 | 我要投稿 | 人员查询
新闻热线：{phone} 投稿邮箱：{id}@126.com
""",
    "union": """
设为首页 收藏本站 工会邮箱
{site}总工会
首页 工会概况 工会要闻 权益保障 劳模工匠 女工园地 职工书屋
当前位置：首页 → 基层动态 → 正文
@title
发稿时间：{date}　稿源：{site}总工会宣教部　阅读：{nn}
@body
?供稿：{name}
?审稿：{name2}
?打印 | 关闭 | 返回顶部
+【相关链接】
+☆ {title}
+☆ {title2}
12351 职工服务热线 职工之家APP 入会二维码
?友情链接 - 全国总工会 - 省总工会 - {site}
{site}总工会 版权所有 地址：人民路{n}号工人文化宫{n2}楼
""",
    "party": """
{site}党建
党建要闻 学习园地 组织工作 干部工作 人才工作 基层党建 党员教育
{cdate} 星期二
请输入检索词 检索
@title
{cdate}{time} 来源：{site} 【字号 大 中 小】
?打印 留言 纠错
@body
?(责编：{name}、实习生{name2})
分享到：
推荐给好友
?“扫一扫”关注共产党员微信公众号
+更多 >> 图片新闻
+{items:dash_date}
网站声明 网站律师 呼叫中心 服务邮箱
?中共{site}委员会组织部 主办
""",
    "e-paper": """
{site}数字报
{date} 星期四
往期回顾 按日期检索
第A0{n}版：{chan}
上一版 下一版
版面导航
标题导航
@title
{cdate} 第A0{n}版：{chan} 本报记者 {name}
?放大 缩小 默认
?【朗读本文】
@body
?上一篇 下一篇
本版新闻
{items:plain}
?本报地址：{chan}路{n}号 广告热线：{phone} 发行热线：{phone}
报纸所有内容未经书面授权不得转载使用
?国内统一刊号：CN{n}-00{n2} 邮发代号：{n}-{n2}
""",
    "novel": """
{site}小说网 > {chan}小说 > {name}传 > 第{n}章
加入书签 推荐本书 返回书页 TXT下载
@title
小说：{name}传 作者：{name2} 更新：{date} {time} 字数：{nn}
?背景色 字体 字号 翻页 夜间模式
~天才一秒记住本站地址：www.{id}.cc 最快更新！无广告！
@body
?（本章未完，请点击下一页继续阅读）
?喜欢{name}传请大家收藏：{site}小说网更新速度最快。
?手机用户请浏览阅读，掌上阅读更方便。
?求月票 求推荐票 投推荐票
上一章 ← 章节目录 → 下一章
温馨提示：方向键左右(← →)前后翻页，上下(↑ ↓)上下滚用
本站所有小说为转载作品，所有章节均由网友上传，转载至本站只是为了宣传本书让更多读者欣赏。
""",
    "model-essays": """
{site}
首页 作文 范文 总结 合同 心得 申请书
{site} > 实用资料 > 工作总结 > {title}
@title
时间：{date} {name} 范文 我要投稿
?推荐度：★★★★☆
?【导读】时光飞逝，{title}已成往事，是否需要好好回顾一番？以下为{site}精选的资料，盼能给各位带来启发。
~【{title}】相关文章：
@body
?将本文的Word文档下载到电脑，方便收藏和打印
?点击下载文档 搜索文档
【{title}】相关文章：
{items:before}
?上述资料由{site}整编，如对您有用，记得把我们放进收藏夹。
?文档为doc格式
""",
    "document-library": """
{site}文库 认证 海量文档 一键下载
全部 DOC PPT TXT PDF XLS
@title
上传人：{id} 文档编号：{icp} 上传时间：{date} 格式：DOCX 页数：{n} 大小：{n2}KB
?积分 {n} VIP尊享 免费
@body
?还剩{n}页未读，是否继续阅读？
?内容已隐藏，请下载完整文档
+亲，该文档总共{n}页，到这儿已超出免费预览范围，如果喜欢就下载吧！
+下载文档到电脑，查找使用更方便
?+1、本文档共计 {n} 页，下载后文档不带水印，支持完整阅读内容或进行编辑。
+2、当您付费下载文档后，您只拥有了使用权限，并不意味着购买了版权。
相关文档
{items:plain}
?关于我们 - 网站声明 - 在线客服 - 侵权投诉
""",
    "download-site": """
{site}软件园：绿色安全的下载站
软件分类 手机应用 游戏下载 教程资讯 专题合集
您的位置： 首页 → 教程 → {chan} → @title
@title
更新时间：{date} 编辑：{name} 人气：{nn}
?手机扫码下载
~立即下载 高速下载 普通下载
@body
?以上便是本次教程的全部，想看更多教程可以继续逛逛{site}软件园。
?猜您喜欢
{items:numbered}
?下载排行 周 总
?顶一下 ({n}) 踩一下 ({n2})
热门关键词： {chan} {chan2}
?本类推荐 装机必备
""",
    "taiwan-news": """
{site}
即時 要聞 娛樂 運動 全球 社會 地方 產經
會員登入 訂閱電子報
@title
{date} {time} {site} 記者{name}／{chan}報導
?A- A A+
?聽新聞 0:00 / 0:00
~請繼續往下閱讀...
~延伸閱讀：{title}
@body
?看更多新聞：{title}
?+延伸閱讀
+{title}
+{title2}
?※ 本文由{site}授權刊載，未經同意禁止轉載
讚好粉絲團 加入LINE好友
?相關新聞
?熱門文章
{items:numbered}
?留言 0 則 登入後才能留言
隱私權政策 服務條款 客服信箱 關於我們 廣告刊登
""",
    "hongkong-news": """
{site} 網頁版
即時新聞 港聞 兩岸 國際 財經 副刊
主頁 / 港聞 / 內文
@title
撰文：{name}
出版：{date} {time} 更新：{date} {time}
?收藏 分享 列印
~廣告
~+睇更多：
~+{title}
@body
?下載「{site}」App 即睇城中熱話
?立即加入會員 免費睇全文
?你可能有興趣
{items:plain}
?上一則 下一則
?本網站所載資料不得轉載 © {year} 版權所有 不得轉載
""",
    "code-blog": """
首页 下载 学习 社区 知道 Gitcode
登录后您可以享受以下权益：
@title
{name} 于 {date} {time} 发布 阅读量{nn} 收藏 {n} 点赞数 {n2}
分类专栏： {chan} 文章标签： {chan} {chan2}
版权声明：本文为博主原创文章，遵循 CC 4.0 BY-SA 版权协议，转载请附上原文出处链接和本声明。
?专栏收录该内容 {n} 篇文章 {n2} 订阅
~订阅专栏 超级会员免费看
@body
?最后编辑于：{date} {time}
?举报，一经查实，本站将立刻删除。
关注 点赞 收藏 打赏 评论 复制链接 分享到 QQ 分享到新浪微博
?{n} 点赞 踩 {n2} 收藏 评论
参与评论 您还未登录，请先登录后发表或查看评论
{items:plain}
关于我们 招贤纳士 商务合作 寻求报道 {phone} 在线客服 工作时间 8:30-22:00
""",
    "campus": """
旧版网站 校长信箱 信息门户 English
学校概况 机构设置 院系设置 师资队伍 招生就业 校园文化
新闻网首页 > 综合新闻 > 正文
@title
发布日期：{date} 作者：{name} 摄影：{name2} 来源：宣传部 点击：[{nn}]
@body
?（撰稿：{name} 图片：{name2} 一审：{name} 二审：{name2}）
?上一条：{title} 下一条：{title2}
?【关闭】
?+热点新闻 HOT NEWS
+{items:md}
校址：大学路{n}号 邮编：{zip} 党委宣传部维护
?您是本站第 {nn} 位来访者
""",
    "market-portal": """
财经首页 股吧 行情 数据 基金 期货 外汇 直播 开户
全球财经快讯 数据中心 证券开户
@title
{date} {time} {site} {name} 条评论
?作者：{name}
~【立即开户，领取福利！】
~炒股就看金麒麟分析师研报，权威，专业，及时，全面
@body
?（文章来源：{site}）
?文章关键词： {chan} {chan2}
?我要反馈 保存网页
?海量资讯、精准解读，尽在{site}财经APP
?24小时滚动播报最新的财经资讯和视频，更多粉丝福利扫描二维码关注
?郑重提示：发布本信息只为传播更多讯息，跟本网站观点无涉，请读者自行甄别，买卖盈亏自负。
股市直播 图文直播间 视频直播间
?7X24小时
{items:md}
客户服务热线：{phone} 欢迎批评指正
""",
    "health-answers": """
{site}健康 找医院 找医生 问医生 查疾病 用药
健康首页 > {chan}养生 > @title
@title
{site}健康 {date} 作者：{name} 阅读（{nn}）
?本文已由专业人士审读
~在线咨询专家 快速解答您的问题
@body
?本内容仅作健康科普，不能代替医生诊断，不适请及时就诊。
?有问题？去提问 已有{nn}人提问
?这条内容对你有用吗？ 有用({n}) 没用({n2})
相关问答
{items:views}
?挂号网点 热门科室 名医推荐
?健康客户端 随身的家庭医生
""",
    "statute-library": """
{site}法规库 法律 案例 文书 律师在线 
高级检索 二次检索 在结果中筛选
@title
法宝引证码 CLI.{n}.{icp} 收藏 下载 打印
?本篇引用的法规 {n} 引用本篇的案例 {n2}
~【立法沿革】登录查看
@body
?您还没有登录，仅能浏览一部分内容，如需查看全部请先登录。
?免费体验卡 领取三日畅读
?©{site}：欢迎查看所有产品和服务。法宝快讯：如何快速找到您需要的检索结果？
?法律声明 客服中心 用户反馈 手机站 电话：{phone}
""",
    "city-portal": """
{site}生活网 欢迎你！ [请登录] [免费注册]
首页 资讯 房产 招聘 二手 交友 商家 论坛
位置：资讯首页 - 本地新闻 - 内容
@title
{date} {time}　来源：{site}　网友评论 {n} 条
?【微信扫码】随手把好文转给朋友
~*** 推广 ***
~本地人都在用的生活平台，点这里免费发布信息
@body
?关键字：{chan} {chan2}
?免责申明：本网转载出于传播之需，若涉版权事宜，请于三日内来电，本网会第一时间处置。
?网友热评 我要点评 匿名
?+本地热帖
+{items:views}
增值电信业务许可证 浙B2-{icp} 不良信息举报 {phone}
""",
}
