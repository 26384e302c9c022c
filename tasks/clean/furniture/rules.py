"""Every rule of furniture: its reason, pages on which ⟦ ⟧ encloses exactly what it marks, and look-alikes."""

from __future__ import annotations

from tasks.clean.furniture.specimens import (
    BODY,
    DIARY,
    FRAME_BOTTOM,
    FRAME_TOP,
    HEAD,
    INTERVIEW,
    LIST,
    NOTICE,
    SHORT_NEWS,
    STATUTE,
    TABLE,
    VERSE,
    page,
)
from tasks.text.rule import Rule


def _rule(name: str, label: str, why: str, cuts: tuple[str, ...], keeps: tuple[str, ...]) -> Rule:
    return Rule(id=f"page.{name}", label=label, why=why, cuts=cuts, keeps=keeps)


RULES: tuple[Rule, ...] = (
    _rule(
        "watermark",
        "watermark",
        "Text libraries put their name behind a blank at line ends and alone on lines, so that copies can be told.",
        (
            "春天来了，树都绿了。⟦ 稻香坊,公文写作宝库⟧\n夏天来了，水都涨了。⟦ 稻香坊,公文写作宝库⟧\n⟦稻香坊,公文写作宝库⟧\n秋天到了。",
            "春天来了，树都绿了。⟦ 白鹭洲拾贝⟧\n夏天来了，水都涨了。⟦ 白鹭洲拾贝⟧\n秋天到了，人都忙了。⟦ 白鹭洲拾贝⟧",
        ),
        (
            "他说:“写作业要认真。” 我点头。\n她说:“写作文要认真。” 我点头。\n大家说:“都要认真。” 我点头。",
            "今天的任务是学习 范文\n明天的任务是练习",
        ),
    ),
    _rule(
        "marker",
        "pagination",
        "The page of a divided article, printed behind its title.",
        (f"{HEAD}⟦【2】⟧\n{BODY}",),
        ("他在书里做了记号【2】，又翻过一页。", "【2】的平方是四"),
    ),
    _rule(
        "elision",
        "elision",
        "A site that left out a passage says 略 between dots: one ellipsis stays, the sign and its blanks leave.",
        ("这条路要坚持⟦ ⟧……⟦略…… ⟧下去，才能到达河边。", "仓房的门终于⟦ ⟧……"),
        ("他想说什么……又停住了。", "（略）"),
    ),
    _rule(
        "paywall",
        "paywall_notice",
        "Previews end with a call to pay or to register.",
        (page(bottom="⟦试读已结束，开通会员后继续⟧\n下载全文请登录".replace("\n下载全文请登录", "")),),
        ("他读到一半，书店的试用装也用完了。", STATUTE),
    ),
    _rule(
        "promo",
        "promo_contact",
        "Calls to scan, to follow, to add a contact: advertising of the page.",
        (page(bottom="⟦请点击👉 abc1234 👈联系编辑部⟧\n⟦长按二维码关注我们⟧"),),
        (NOTICE, "他长按住伤口，等医生来。", page(bottom="村里的微信群叫“abc大家庭”，群主是周师傅。")),
    ),
    _rule(
        "compiler-intro",
        "other",
        "Text libraries open a page with a sentence of their own: what the compiler collected, for reference only.",
        (f"⟦下面是稻香网小编为大家整理的老粮仓改造材料,仅供参考。⟧\n{BODY}",),
        ("他整理了三年的账目，供大家查看。", "小编剧今年二十岁，戏写得不错。"),
    ),
    _rule(
        "licence",
        "icp_licence",
        "Licence numbers of a site; they become metadata.",
        (page(bottom="版权所有 河口在线\n⟦甲ICP备12345678号⟧"),),
        ("申请食品经营许可证应当提交下列材料。", STATUTE),
    ),
    _rule(
        "copyright",
        "copyright",
        "The site's claim to its pages.",
        (page(bottom="⟦版权所有 河口在线⟧\n⟦Copyright 2019 Hekou Online⟧"),),
        ("这本书的版权归作者所有。", STATUTE),
    ),
    _rule(
        "legal",
        "copyright",
        "Paragraphs on reprinting, liability and removal below an article.",
        (page(bottom="责任编辑:周小舟\n⟦凡本网注明“来源:河口在线”的作品,未经授权不得转载。⟧\n⟦本文不代表本网观点,文责自负。⟧"),),
        ("未经许可，任何单位和个人不得进入库区。", STATUTE),
    ),
    _rule(
        "related-header",
        "related_links_header",
        "Headers of link lists; the site's keywords behind some of them become metadata.",
        (page(bottom="⟦相关阅读⟧\n⟦最近更新⟧"), page(bottom="⟦相关热词搜索:⟧⟦粮仓 图书室⟧⟦热门文章:⟧\n⟦猜你喜欢⟧")),
        (LIST, "相关部门已经介入。"),
    ),
    _rule(
        "search",
        "nav",
        "A search box, as text.",
        (page(top="河口在线 > 社会 > 正文\n⟦新闻检索:⟧"),),
        ("他在湖边搜索", STATUTE),
    ),
    _rule(
        "nav",
        "nav",
        "Words of navigation alone on a line.",
        (page(top="⟦网站首页⟧\n⟦登录⟧\n⟦设为首页⟧"),),
        (DIARY, "首页\n他翻开书，只看见一行字。"),
    ),
    _rule(
        "share",
        "share_widget",
        "Buttons to share, to print, to change the size of type.",
        (page(bottom="⟦分享到：⟧\n⟦【字号 大 中 小】 打印 纠错⟧"),),
        (DIARY, "打印店开在街角，分享着同一盏灯。"),
    ),
    _rule(
        "comment",
        "comment",
        "The frame of a comment thread.",
        (page(bottom="⟦发表评论⟧\n⟦已有12条评论⟧\n⟦网友评论仅供参考⟧"),),
        (INTERVIEW, "评论"),
    ),
    _rule(
        "comment-thread",
        "comment",
        "What readers wrote below an article, with their names, times and buttons, under a header that says comments.",
        (
            page(
                bottom="⟦全部评论（57）⟧\n⟦最热 最新⟧\n⟦芦苇荡里的鸭⟧\n⟦2小时前⟧\n⟦沙发！小时候常去那里玩⟧\n⟦点赞 12 | 回复⟧\n"
                "⟦半块橡皮⟧\n⟦昨天 21:05⟧\n⟦回复1楼：我也去过⟧\n⟦点赞 3 | 回复⟧"
            ),
            page(
                bottom="⟦网友评论⟧\n⟦1楼 热心读者 2019-04-03 09:12⟧\n⟦周师傅是个好人。⟧\n⟦支持(3) 反对(0)⟧\n"
                "⟦2楼 过路人 2019-04-03 11:40⟧\n⟦书够不够看？我家里还有两箱，想捐出去。⟧\n版权所有 河口在线"
            ),
            page(bottom="⟦3条评论⟧\n⟦那个仓房我小时候进去过。⟧\n⟦河边柳 3天前⟧\n⟦好事情！⟧\n⟦老槐树 5天前⟧\n发表评论"),
        ),
        (
            INTERVIEW,
            page(bottom="留言\n老人留下一本账簿，上面写着每一笔钱的来处。\n2019年4月2日\n他说，钱是大家的，账也是大家的。"),
            page(bottom="9:00\n门开了，第一个进来的是个孩子。\n9:20\n人多了起来，椅子不够坐。\n10:05\n最后一本图画书被借走了。"),
        ),
    ),
    _rule(
        "pager",
        "pagination",
        "Links to the other pages of an article.",
        (page(bottom="⟦上一页 1 2 3 下一页⟧"), page(bottom="⟦共3页,当前第2页123⟧")),
        ("全书共12页，他读到第3页就睡着了。", TABLE),
    ),
    _rule(
        "neighbour",
        "related_link",
        "Links to the article before and the one after.",
        (page(bottom="⟦上一篇：河口镇修桥记⟧\n⟦下一篇：河口镇种树记⟧"),),
        ("上一篇日记写的是雨，这一篇写的是晴。", VERSE),
    ),
    _rule(
        "footer",
        "nav",
        "Names of a site's own pages, often glued together.",
        (page(bottom="版权所有 河口在线\n⟦关于河口在线网站地图诚聘英才版权声明联系我们⟧"),),
        ("他写信告诉我们，关于招聘的事已经定了。", NOTICE),
    ),
    _rule(
        "bar",
        "nav",
        "A row of links joined by bars; a table's row looks the same, so it only counts beside certain furniture.",
        (page(top="⟦河口在线|河口日报|河口新闻|河口论坛⟧\n登录|注册\n河口在线 > 社会 > 正文"),),
        (TABLE, "甲|乙|丙"),
    ),
    _rule(
        "code",
        "code",
        "Scripts that were left as text.",
        (page(bottom="⟦var page = 3;⟧\n发表评论\n版权所有 河口在线"),),
        ("var 是变量的意思。", TABLE),
    ),
    _rule(
        "breadcrumb",
        "breadcrumb",
        "Where the page stands in its site; the steps are metadata (site).",
        (page(top="⟦当前位置： ⟧⟦河口在线 > 社会 > 正文⟧"),),
        ("身高 180 > 170，他比我高。", "甲 > 乙，乙 > 丙，所以甲 > 丙。"),
    ),
    _rule(
        "link-farm",
        "link_farm",
        "Dozens of short names joined by bars, sold as links.",
        (page(bottom="责任编辑:周小舟\n⟦甲河| 乙山| 丙岭| 丁湖| 戊桥| 己塘| 庚村| 辛镇| 壬街| 癸巷| 子坡| 丑沟| 寅湾|⟧"),),
        (TABLE, "甲、乙、丙、丁、戊、己、庚、辛、壬、癸都到了。"),
    ),
    _rule(
        "periodic",
        "nav",
        "One phrase again and again on a line: a banner whose parts were glued.",
        (page(top="⟦河口新闻河口新闻河口新闻河口新闻⟧\n河口在线 > 社会 > 正文"),),
        ("加油！加油！加油！", VERSE),
    ),
    _rule(
        "dated-link",
        "related_link",
        "Titles of other articles with their dates; listed in links, and their dates are never those of the article.",
        (page(bottom="相关文章:\n⟦- 河口镇修桥铺路这一年...2018-11-02⟧\n⟦- 种树人和他的女儿2018-11-05⟧\n⟦- 渡口的最后一班船2018-12-01⟧"),),
        ("- 三月完成选址\n- 五月动工\n- 九月验收", "他生于1950-01-02"),
    ),
    _rule(
        "head-region",
        "nav",
        "Lines above the last anchor above the body: names of channels, other headlines, counters.",
        (page(top="网站首页\n⟦财经⟧\n⟦体育⟧\n登录\n⟦房产家居⟧\n返回首页"),),
        (NOTICE, VERSE),
    ),
    _rule(
        "tail-region",
        "nav",
        "Lines below the first anchor below the body: other headlines, counters, names of columns.",
        (page(bottom="相关阅读\n⟦修桥的人又回来了⟧\n⟦渡口关了⟧\n发表评论\n版权所有 河口在线"),),
        (NOTICE, LIST, SHORT_NEWS),
    ),
    _rule(
        "disclaimer",
        "copyright",
        "Whose opinion an article is, where it was taken from, whom to tell of a breach: a page's own sentences.",
        (page(bottom="⟦声明：本文仅代表作者个人观点，与河口在线无关。⟧\n⟦文章来源于网络，侵删。⟧\n版权所有 河口在线"),),
        ("他代表全村发言，谁也没有意见。", STATUTE),
    ),
    _rule(
        "ad",
        "promo_contact",
        "The word that pages must print above advertising.",
        (page(bottom="⟦广告⟧\n⟦-- 广告 --⟧\n⟦【广告】失眠怎么办，祖传秘方三天见效⟧\n发表评论\n版权所有 河口在线"),),
        ("广告", "广告是一门学问，他说。", TABLE),
    ),
    _rule(
        "hijack",
        "promo_contact",
        "Names of gambling and sex sites that others planted in a page; an article about them writes sentences.",
        (
            page(
                top="⟦银滩娱乐平台注册送88_老虎机官网下载【手机版】⟧",
                bottom="⟦彩金天天送，百家乐真人在线，点击进入>>>⟧\n⟦时时彩,老虎机,百家乐,银滩,棋牌,老虎机,百家乐,银滩,时时彩,棋牌⟧",
            ),
            page(bottom="版权所有 河口在线\n⟦国产精品无码中文字幕在线观看⟧\n⟦真人荷官 捕鱼游戏 六合彩资料 时时彩计划⟧"),
        ),
        (
            "警方捣毁百家乐、老虎机窝点三处\n昨天下午，派出所在一间仓库里查获老虎机十二台。\n"
            "据查，有人在网上开设百家乐赌局，参与者二十余人。\n版权所有 河口在线",
            "体育彩票投注站招募公告\n凡年满十八周岁的居民，均可申请设立彩票投注站。\n开奖时间为每晚九点。",
            page(bottom="棋牌室"),
            NOTICE,
        ),
    ),
    _rule(
        "related-box",
        "related_link",
        "A link to another article between two paragraphs.",
        (page(bottom="⟦相关阅读：渡口的最后一班船⟧\n⟦>>>修桥的人又回来了⟧\n发表评论\n版权所有 河口在线"),),
        ("推荐理由：他二十年没有迟到过一次", "相关规定：不得携带宠物", LIST),
    ),
    *(
        _rule(
            f"{zone}.model",
            "other",
            f"No rule names the line. By its shape, its words and what stands around it, a model trained on pages of other sites "
            f"is sure that a line {where} the body is the page's (tasks/clean/furniture/model.json weighs each feature).",
            cuts,
            (NOTICE, VERSE, LIST, STATUTE, INTERVIEW, page()),
        )
        for zone, where, cuts in (
            ("head", "above", (page(top="⟦订阅电子版 读者服务 手机版⟧", bottom="责任编辑:周小舟\n分享到：\n版权所有 河口在线"),)),
            ("inside", "inside", (page(top=FRAME_TOP, bottom=f"⟦↓ 往下滑动继续看 ↓⟧\n{BODY}\n{FRAME_BOTTOM}"),)),
            ("tail", "below", (page(bottom="⟦还有三页没有看，登录会员继续⟧\n分享到：\n版权所有 河口在线"),)),
        )
    ),
    _rule(
        "no-article",
        "other",
        "An error, a check for robots, a wall of login, a notice on cookies, an empty column: the page says that it holds no article.",
        ("⟦您要找的文章已经被删除⟧\n⟦返回上一页⟧\n⟦网站首页⟧", "⟦请完成下面的安全验证⟧\n⟦刷新⟧", "⟦网站首页⟧\n⟦栏目正在建设中⟧"),
        ("本页内容已被删除，老周想，大概是有人不愿意再提起那年的事。", SHORT_NEWS, NOTICE, DIARY, "暂无名字的小河\n从山里来"),
    ),
    _rule(
        "no-text",
        "other",
        "An image, an archive, a program, random bytes: control characters stand all over it, and no article is read from it.",
        ("⟦JF\x01\x02Exif\x03MM\x04*\x05\x06Duck\x07\x08a\x0e\x0fxq\x10\x11⟧",),
        (
            "第\x01一\x02章\x03春\x04天\x05来\x06了\x07，树\x08都\x0e绿\x0f了\x10，河\x11水也涨了。",
            "Chapter one\x01\nThe river rose in spring, and the ferryman waited for his letters.\x02",
        ),
    ),
    Rule(
        id="text.tag",
        label="code",
        why="Tags that a converter did not take out.",
        cuts=("⟦<p style=\"text-indent:2em\">⟧春天来了，树都绿了。⟦</p>⟧\n夏天⟦<strong>⟧来了⟦</strong>⟧。⟦<br/>⟧",),
        keeps=("写网页的时候，换行用 <br>，段落用 <p>，两个不一样。", "如果 a<b，那么 b>a。"),
    ),
    Rule(
        id="text.spaced",
        label="other",
        why="A layout program set a blank between all characters.",
        cuts=("春⟦ ⟧天⟦ ⟧来⟦ ⟧了⟦ ⟧，⟦ ⟧树⟦ ⟧都⟦ ⟧绿⟦ ⟧了⟦ ⟧。",),
        keeps=("甲 乙 丙 丁", "王 小 满 到", "1 2 3 4 5 6 7 8 9 10", "赵 钱 孙 李 周 吴 郑 王 冯 陈"),
    ),
    Rule(
        id="text.wrap",
        label="newline",
        why="Lines broken at a fixed width inside their sentences (print layouts, mail, old editors).",
        cuts=(
            "河口镇的老粮仓昨天重新开门，一楼改作图书室，二楼留⟦\n⟧给木工学徒使用，镇里的人说这座仓房空了十一年，窗框⟦\n⟧"
            "都被雨水泡软了，修仓房的钱一半来自村集体的积累，一⟦\n⟧半是在外面做生意的几十个同乡捐的，带头的周师傅今年⟦\n⟧六十七岁。",
        ),
        keeps=(VERSE, BODY, TABLE),
    ),
)
