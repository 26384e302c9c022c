"""Invented pages around which the rules of furniture are shown: a body long enough to be told from what stands beside it."""

from __future__ import annotations

BODY = (
    "河口镇的老粮仓昨天重新开门，一楼改作图书室，二楼留给木工学徒。镇里的人说，这座仓房空了十一年，窗框都被雨水泡软了。\n"
    "修仓房的钱一半来自村集体，一半是在外做生意的人捐的。带头的周师傅今年六十七岁，他把账目写在红纸上，贴在门口，谁都可以去看。\n"
    "图书室每周开五天，借书不用押金，只要留下名字。第一天来了四十多个孩子，最小的才三岁，由奶奶抱着看图画。"
)
HEAD = "河口镇老粮仓改成图书室"
DATED = "2019年4月2日 08:30 来源:河口日报"

# Documents that no rule of furniture may touch, whatever they look like.
NOTICE = (
    "关于青年路停水检修的通知\n各位居民：\n因主管道老化，定于5月8日22时至次日6时停水检修，请提前储水，并关好家中阀门。\n"
    "停水期间，物业在小区东门设临时取水点，行动不便的老人可以打电话，由工作人员送水上门。\n联系电话：0555-2000123\n"
    "扫描下方二维码可加入住户微信群。\n青年路居委会\n2021年5月6日"
)
INTERVIEW = (
    "【记者】您为什么回到山里教书？\n【林老师】我小时候的老师走了二十里路来上课，我想把这段路接着走下去。\n"
    "【记者】评论里有人说您是傻子，您怎么看？\n【林老师】说就说吧，孩子们读书的声音比什么评论都好听。"
)
VERSE = "雨后\n石板记得脚步\n屋檐记得雨\n我站在巷口\n等一把旧伞\n\n风从河边吹来\n带着稻子的气味"
TABLE = "序号|姓名|职务|电话\n1|王小满|组长|13800000000\n2|李大年|组员|13900000000\n3|赵秋生|组员|13700000000"
STATUTE = (
    "河口镇集市管理办法\n第一章　总则\n第一条　为了规范集市秩序，方便群众买卖，制定本办法。\n"
    "第二条　摊位按先后顺序领取，不得转让；确需转让的，应当登记。\n"
    "第三条　违反本办法的，由集市管理所责令改正；拒不改正的，收回摊位。任何人发现短斤少两的，可以举报。\n"
    "第四条　本办法自2020年3月1日起施行。"
)
LIST = "相关材料\n身份证复印件\n户口簿\n近期照片两张\n申请表一式三份"
DIARY = "今天推荐大家读一本旧书，书名叫《相关》。\n首页有一行铅笔字，写着“分享给我的朋友”。我把它读完了，觉得值得收藏。"
ESSAY = (
    "怎样办一份村报\n首页要放村里最大的事。登录簿放在门边，来的人都写上名字。\n一是栏目要少\n栏目不要超过五个，更多的事可以写进“更多”里。\n"
    "二是转载要守规矩\n转载内容必须注明来源和作者，未经同意不得使用。\n以上两点，供各村参考。"
)
SHORT_NEWS = "本报讯 昨天上午，城东小学举行新楼落成典礼。\n区里有关负责人、师生和家长三百余人参加。"
ALL_KEEPS = (BODY, NOTICE, INTERVIEW, VERSE, TABLE, STATUTE, LIST, DIARY, ESSAY, SHORT_NEWS, f"{HEAD}\n{DATED}\n{BODY}")


FRAME_TOP = "网站首页\n登录\n体育\n财经\n河口在线 > 社会 > 正文"
FRAME_BOTTOM = "责任编辑:周小舟\n分享到：\n相关阅读\n修桥的人又回来了\n发表评论\n版权所有 河口在线\n甲ICP备12345678号"


def page(top: str = "", bottom: str = "") -> str:
    """A page with a title, a date line and a body between two pieces of furniture."""
    return "\n".join(part for part in (top, HEAD, DATED, BODY, bottom) if part)
