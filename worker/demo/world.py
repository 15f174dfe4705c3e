"""What the practice site says: notices, replies to proposals, topics. `STEPS` are the changes it goes through."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Notice:
    """One page of the office. `paragraphs` are its text; `edited` leaves `published` as it was: a silent edit."""

    path: str
    title: str
    published: str
    paragraphs: tuple[str, ...]
    source: str = "县人民政府办公室"
    fields: tuple[tuple[str, str], ...] = ()
    """label table of a disclosure page"""
    attachments: tuple[tuple[str, str], ...] = ()
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """One post; `edited` is what the board prints about it, None where it prints nothing."""

    pid: int
    author: str
    uid: int
    posted: str
    text: str
    quote: tuple[str, str] | None = None
    edited: str | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of the board."""

    tid: int
    title: str
    posts: tuple[Post, ...]


NOTICES = (
    Notice(
        "/zwgk/tzgg/202603/t20260318_1107.html",
        "关于2026年度农村危房改造补助申报工作的通知",
        "2026-03-18",
        (
            "各乡镇人民政府，县直有关单位：",
            "为做好2026年度农村危房改造工作，现将补助申报有关事项通知如下。",
            "一、申报对象为低保户、农村分散供养特困人员以及住房安全无保障的其他低收入家庭。",
            "二、每户补助标准为2.8万元，由县财政分两次拨付到户。",
            "三、申报材料请于2026年4月30日前报送县住房和城乡建设局村镇建设股，逾期不再受理。",
        ),
        fields=(
            ("索引号", "014256781/2026-00117"), ("信息分类", "通知 / 城乡建设"), ("发布机构", "松湾县人民政府办公室"),
            ("成文日期", "2026年03月16日"), ("发文字号", "松政办函〔2026〕17号"), ("公开日期", "2026-03-18"),
            ("有效性", "有效"),
        ),
        attachments=(("/zwgk/tzgg/202603/P020260318401.doc", "附件1：补助申报表.doc"),),
    ),
    Notice(
        "/zwgk/tzgg/202603/t20260311_1098.html",
        "松湾县2026年春季学期学生资助名单公示",
        "2026-03-11",
        (
            "根据学生资助管理有关规定，经个人申请、学校评审、县教育局审核，拟对以下学生予以资助，现予以公示。",
            "公示期为2026年3月11日至3月17日。对公示内容有异议的，请在公示期内以书面形式向县教育局反映。",
        ),
        source="县教育局",
    ),
    Notice(
        "/zwgk/tzgg/202602/t20260226_1090.html",
        "关于松湾大桥维修加固期间实施交通管制的通告",
        "2026-02-26",
        (
            "因松湾大桥维修加固施工需要，自2026年3月1日0时起至5月31日24时止，对大桥实行半幅通行。",
            "禁止总质量超过10吨的货车通行，请绕行环城南路。",
            "施工期间给市民出行带来不便，敬请谅解。",
        ),
        source="县公安局交通警察大队",
        fields=(
            ("索引号", "014256781/2026-00088"), ("信息分类", "通告 / 公安"), ("发布机构", "松湾县公安局交通警察大队"),
            ("成文日期", "2026年02月25日"), ("发文字号", "松公交通告〔2026〕3号"), ("公开日期", "2026-02-26"),
        ),
    ),
    Notice(
        "/zwgk/tzgg/202601/t20260119_1075.html",
        "松湾县城区集中供水水质检测结果公告（2026年1月）",
        "2026-01-19",
        ("2026年1月，县疾病预防控制中心对城区集中供水出厂水和末梢水进行检测，共检测12个水样，全部合格。",),
        source="县卫生健康局",
    ),
    Notice(
        "/zwgk/tzgg/202512/t20251230_1061.html",
        "关于2026年元旦、春节期间烟花爆竹燃放管理的通告",
        "2025-12-30",
        ("城区建成区内全年禁止燃放烟花爆竹。", "乡镇可在农历除夕至正月初五期间燃放，时间为每日7时至22时。"),
        source="县公安局",
    ),
)  # fmt: skip

REPLIES = (
    Notice(
        "/zwgk/jytabl/202602/t20260210_2203.html",
        "关于县政协十届五次会议第36号提案的答复",
        "2026-02-10",
        (
            "陈雨禾委员：",
            "您提出的《关于在老旧小区增设电动自行车充电设施的提案》收悉。现答复如下：",
            "2025年以来，我局会同消防部门在42个老旧小区新建充电棚61处、充电接口1380个。",
            "2026年计划再建充电接口800个，优先安排在没有物业管理的小区。",
            "感谢您对城市管理工作的关心和支持。",
        ),
        source="县住房和城乡建设局",
    ),
    Notice(
        "/zwgk/jytabl/202602/t20260206_2198.html",
        "对县十七届人大四次会议第12号建议的答复",
        "2026-02-06",
        (
            "李望山代表：",
            "您提出的《关于加密城乡公交班次的建议》收悉。经与县交通运输局研究，现答复如下：",
            "自2026年2月1日起，7条城乡线路的首末班车分别提前和延后30分钟，早晚高峰班次由30分钟一班加密为15分钟一班。",
        ),
        source="县交通运输局",
    ),
    Notice(
        "/zwgk/jytabl/202601/t20260128_2190.html",
        "关于县政协十届五次会议第8号提案的答复",
        "2026-01-28",
        (
            "周见溪委员：",
            "您提出的《关于保护松湾古渡口的提案》收悉。古渡口已列入县级文物保护单位推荐名单，修缮方案正在征求意见。",
        ),
        source="县文化广电和旅游局",
    ),
)  # fmt: skip

WATER_PRICE = Notice(
    "/gbk/shuijia.htm",
    "城区自来水价格公示牌",
    "2026-01-01",
    (
        "执行单位：松湾县镕泉自来水有限公司",
        "居民生活用水第一阶梯：每立方米2.35元；第二阶梯：每立方米3.53元。",
        "价格举报电话：12315。本公示牌由喆源广告制作。",
    ),
    source="县发展和改革局",
)

TOPICS = (
    Topic(
        11,
        "城南菜市场门口的占道停车，什么时候能管一管",
        (
            Post(201, "东江小店主", 13, "2026-3-12 08:12:40", "每天早上七点到九点，菜市场门口两排车把人行道都占满了，推婴儿车只能走马路。"),
            Post(202, "路过的风", 21, "2026-3-12 09:30:02", "同问，上周还看到一位老人被电动车蹭了。"),
            Post(203, "政务小张", 2, "2026-3-12 15:41:17", "您好，已转交城管大队处理，预计三个工作日内安排专人值守。"),
            Post(204, "jiangnan88", 15, "2026-3-13 20:05:55", "希望不要只管三天。"),
            Post(205, "东江小店主", 13, "2026-3-16 07:58:21", "今天真的有人来贴单了，点赞。", ("政务小张", "已转交城管大队处理，预计三个工作日内安排专人值守。")),
            Post(206, "钢材老周", 7, "2026-3-17 12:11:09", "送货的车临时停五分钟会不会也被贴？"),
        ),
    ),
    Topic(
        12,
        "二手注塑机转让，2019年，在位可试机",
        (
            Post(221, "设备王师傅", 12, "2026-3-2 10:20:00", "海天250吨两台，2019年购入，一直单班生产，在位可以试机。诚意价11.8万一台。"),
            Post(222, "陈工", 5, "2026-3-2 13:47:33", "液压系统保养记录有没有？锁模力测过吗？"),
            Post(223, "设备王师傅", 12, "2026-3-2 18:02:10", "保养记录齐全，可以带师傅来看。"),
        ),
    ),
    Topic(
        15,
        "周六延时服务开放哪些窗口？",
        (
            Post(241, "政务小张", 2, "2026-2-21 09:00:00", "自3月起政务大厅周六上午开放社保、不动产、公安户政三个窗口。"),
            Post(242, "新手村民", 10, "2026-2-21 21:15:42", "居住证可以办吗？"),
        ),
    ),
)  # fmt: skip


@dataclass(slots=True)
class World:
    """The site's state; read by the server's threads, changed by the script."""

    notices: dict[str, Notice] = field(default_factory=lambda: {n.path: n for n in NOTICES})
    replies: dict[str, Notice] = field(default_factory=lambda: {n.path: n for n in REPLIES})
    water_price: Notice = WATER_PRICE
    topics: dict[int, Topic] = field(default_factory=lambda: {topic.tid: topic for topic in TOPICS})
    visits: int = 88_412
    lock: threading.Lock = field(default_factory=threading.Lock)

    def visited(self) -> int:
        """Another visitor: no page is ever answered with the same bytes twice."""
        with self.lock:
            self.visits += 1
            return self.visits


@dataclass(frozen=True, slots=True)
class Step:
    """One scripted change: what happens on the site, in words, and the changes it must bring."""

    says: str
    do: Callable[[World], None]
    brings: tuple[tuple[str, str], ...]
    """(kind of change, kind of document)"""


def _reply_added(world: World) -> None:
    topic = world.topics[11]
    post = Post(207, "政务小张", 2, "2026-3-18 10:02:31", "临时装卸货请使用市场东侧的黄线车位，限时二十分钟，不收费。")
    world.topics[11] = replace(topic, posts=(*topic.posts, post))


def _post_edited(world: World) -> None:
    topic = world.topics[12]
    first = replace(
        topic.posts[0],
        text=topic.posts[0].text.replace("诚意价11.8万一台", "诚意价10.5万一台，两台一起走20万"),
        edited="本帖最后由 设备王师傅 于 2026-3-18 11:20 编辑",
    )
    world.topics[12] = replace(topic, posts=(first, *topic.posts[1:]))


def _post_deleted(world: World) -> None:
    topic = world.topics[11]
    world.topics[11] = replace(topic, posts=tuple(post for post in topic.posts if post.pid != 204))


def _notice_edited(world: World) -> None:
    notice = world.notices[NOTICES[0].path]
    text = tuple(
        line.replace("2026年4月30日前", "2026年3月31日前").replace("2.8万元", "2.2万元") for line in notice.paragraphs
    )
    world.notices[notice.path] = replace(notice, paragraphs=text)


def _notice_removed(world: World) -> None:
    world.notices[NOTICES[2].path] = replace(NOTICES[2], removed=True)


def _notice_back(world: World) -> None:
    world.notices[NOTICES[2].path] = NOTICES[2]


STEPS = (
    Step("a reply is added to a topic", _reply_added, (("new", "post"),)),
    Step("a post is edited (the board says so)", _post_edited, (("changed", "post"),)),
    Step("a post is deleted; floors move up, one post changes its page", _post_deleted, (("gone", "post"),)),
    Step("a notice is edited silently: its own date stays", _notice_edited, (("changed", "notice"),)),
    Step("a notice is taken down", _notice_removed, (("gone", "notice"),)),
    Step("the notice comes back, as it was", _notice_back, (("back", "notice"),)),
)  # fmt: skip
