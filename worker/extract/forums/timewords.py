"""Words of times as forums print them, in the languages that platforms ship: months, days, weekdays, `3 hours ago`.

As the language packs of phpBB 2 and 3, vBulletin, SMF, MyBB, XenForo, Invision and Discuz! (simplified, traditional)
print them; short forms with and without a full stop.
"""

from __future__ import annotations

from datetime import timedelta

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero gennaio januari янв января stycznia jän sty ene gen janv led ledna ian "
            "oca ocak tammikuuta tammi janeiro jaanuari січ січня 一月",
            "feb february februar février fevrier febrero febbraio februari фев февраля lutego lut fév févr fev "
            "fevereiro úno února şub şubat helmikuuta helmi лют лютого 二月",
            "mar march märz mär mars marzo maart мар марта marca "
            "mrt março bře března mart maaliskuuta maalis márc бер "
            "березня 三月",
            "apr april avril abril aprile апр апреля kwietnia kwi "
            "avr abr dub dubna nis nisan huhtikuuta huhti ápr кві "
            "квітня 四月",
            "may mai mayo maggio mei май мая maja maj mag maio kvě května mayıs toukokuuta touko máj тра травня 五月",
            "jun june juni juin junio giugno июн июня czerwca "
            "cze giu junho čer června haz haziran kesäkuuta kesä iun "
            "jún чер червня 六月",
            "jul july juli juillet julio luglio июл июля lipca lip lug juil julho črc července tem temmuz heinäkuuta "
            "heinä iul júl лип липня 七月",
            "aug august août aout agosto augustus авг августа "
            "sierpnia sie ago augusti srp srpna ağu ağustos elokuuta "
            "elo сер серпня 八月",
            "sep sept september septembre septiembre settembre сен сентября września wrz set setembro zář září eyl "
            "eylül syyskuuta syys szept вер вересня 九月",
            "oct october oktober octobre octubre ottobre okt окт "
            "октября października paź ott out outubro říj října eki "
            "ekim lokakuuta loka жов жовтня 十月",
            "nov november novembre noviembre ноя ноября "
            "listopada lis novembro listopadu kas kasım marraskuuta marras "
            "noi лис листопада 十一月",
            "dec december dezember décembre decembre diciembre dicembre dez дек декабря grudnia gru dic déc dezembro "
            "pro prosince ara aralık joulukuuta joulu гру грудня 十二月",
        ),
        1,
    )
    for name in names.split()
}
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "mon monday montag lundi lunes lunedì segunda понедельник 一",
            "tue tuesday dienstag mardi martes вторник 二",
            "wed wednesday mittwoch mercredi miércoles среда среду 三",
            "thu thursday donnerstag jeudi jueves четверг 四",
            "fri friday freitag vendredi viernes пятница пятницу 五",
            "sat saturday samstag samedi sábado суббота субботу 六",
            "sun sunday sonntag dimanche domingo воскресенье 日 天",
        )
    )
    for name in names.split()
}
WHOLE_WEEKDAYS = tuple(name for name in WEEKDAYS if len(name) > 4)
"""those that stand for a day on their own: `Friday at 3:05 PM`"""
DAYS_BACK = {"今天": 0, "昨天": 1, "前天": 2} | {
    name: back
    for back, names in enumerate(
        (
            "today heute aujourd'hui aujourd’hui сегодня сьогодні "
            "dzisiaj dziś oggi hoy hoje vandaag idag tänään bugün dnes",
            "yesterday gestern hier вчера вчора wczoraj ieri ayer ontem gisteren igår eilen dün včera",
            "vorgestern позавчера przedwczoraj anteayer anteontem eergisteren",
        )
    )
    for name in names.split()
}  # fmt: skip
UNSURE = frozenset(
    ("pro", "out", "set", "elo", "ara", "dub", "led", "gen", "ago", "lip", "lis", "kas", "maj", "mag", "mart", "tem",
    "loka", "sie", "eki")
)  # fmt: skip
"""short months that are other words elsewhere: months only where a year follows"""
BEFORE_TIME = r"at|um|à|às|of|om|alle|ore|klo|kl|a las|saat|в|о|o"
"""what stands between a day and a time of day"""

UNITS: dict[str, timedelta] = {
    name: step
    for step, names in (
        (
            timedelta(seconds=1),
            "秒 秒钟 秒鐘 second sec s sekunde sekunden seconde secondes segundo segundos secondi секунд секунду "
            "секунды sekund sekundy seconden",
        ),
        (
            timedelta(minutes=1),
            "分 分钟 分鐘 minute min m minuten minutes minuto minutos minuti минут минуту минуты minut minuty minutę",
        ),
        (
            timedelta(hours=1),
            "小时 小時 个小时 個小時 時間 hour hr h stunde stunden heure heures hora horas ora ore час часа часов "
            "godzin godziny godzinę uur uren",
        ),
        (
            timedelta(days=1),
            "天 日 day d tag tagen jour jours día días dia dias giorno giorni день дня дней dni dzień dag dagen",
        ),
        (
            timedelta(weeks=1),
            "周 週 星期 个星期 個星期 週間 week w woche wochen semaine semaines semana semanas settimana settimane "
            "неделю недели недель tydzień tygodni tygodnie weken",
        ),
        (
            timedelta(days=30),
            "个月 個月 月 か月 ヶ月 month mo monat monaten mois mes meses mês mese mesi месяц месяца месяцев miesiąc "
            "miesiące miesięcy maand maanden",
        ),
        (
            timedelta(days=365),
            "年 year y jahr jahren an ans año años ano anos anno anni год года лет rok lata lat jaar",
        ),
    )
    for name in names.split()
}
AMOUNTS = {
    "半": 0.5, "几": 3.0, "幾": 3.0, "两": 2.0, "兩": 2.0, "few": 3.0,
    **dict.fromkeys(("a", "an", "one", "einem", "einer", "un", "une", "una", "um", "uma", "een"), 1.0),
    **{digit: float(number) for number, digit in enumerate("一二三四五六七八九十", 1)},
}  # fmt: skip
AGO = (
    r"(?<!\w)vor\s+(?P<n>\d+|eine[mr])\s+(?P<u>[a-z]+)",
    r"(?<!\w)il y a\s+(?P<n>\d+|une?)\s+(?P<u>[a-z]+)",
    r"(?<!\w)hace\s+(?P<n>\d+|una?)\s+(?P<u>[a-zíñ]+)",
    r"(?<!\w)há\s+(?P<n>\d+|uma?)\s+(?P<u>[a-zê]+)",
    r"(?<!\w)(?P<n>\d+|una?)\s+(?P<u>[a-z]+)\s+fa(?!\w)",
    r"(?<!\w)(?P<n>\d+)\s+(?P<u>[а-я]+)\s+назад",
    r"(?<!\w)(?P<n>\d+)\s+(?P<u>[a-zńęą]+)\s+temu",
    r"(?<!\w)(?P<n>\d+|een)\s+(?P<u>[a-z]+)\s+geleden",
)
"""other ways than Chinese and English ones to count back from now"""
