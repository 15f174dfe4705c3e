"""What the archive itself calls things: outcomes of captures, kinds of pages, incidents. Drawn from values:
`t(capture.outcome)`."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "ok": "正常", "revisit": "内容未变", "not-modified": "未修改（304）", "soft-404": "自称不存在", "blocked": "被拦截",
    "HTTP {status} with a login form": "HTTP {status}，附有登录表单",
    "HTTP {status}, and the page says maintenance": "HTTP {status}，页面称正在维护",
    "HTTP {status} without a usable Location": "HTTP {status}，但没有可用的 Location",
    "titled {title} with HTTP {status}": "标题为 {title}，状态为 HTTP {status}",
    "redirected to {url}": "跳转到 {url}", "permanent redirect to {url}": "永久跳转到 {url}",
    "the answer has no body": "应答没有正文", "a login form and nothing else": "只有登录表单",
    "challenge, by the response's own header": "应答头表明这是验证页",
    "a script sets a cookie and loads the page again": "脚本设置 Cookie 后重新加载页面",
    "a script in disguise loads another page": "混淆的脚本加载另一个页面",
    "a script shell; `render: browser` may read it": "内容由脚本生成；设置 `render: browser` 或许能读到",
    "login-required": "需要登录", "maintenance": "维护中", "empty": "没有正文", "truncated": "应答不完整",
    "robots": "robots.txt 不允许",
    "error:timeout": "错误：超时", "error:deadline": "错误：超过总时限", "error:connect": "错误：无法连接",
    "error:tls": "错误：证书无效", "error:dns": "错误：域名无法解析", "error:reset": "错误：连接被切断",
    "error:redirects": "错误：循环跳转", "error:too-large": "错误：页面过大", "error:bomb": "错误：解压后过大",
    "error:encoding": "错误：压缩无法解开", "error:forbidden-address": "错误：不允许的地址",
    "error:scheme": "错误：不是 http(s) 网址", "error:http-4xx": "错误：请求被拒（4xx）",
    "error:http-5xx": "错误：服务器故障（5xx）", "error:rate-limited": "错误：访问过于频繁",
    "error:parse": "错误：无法读取", "error:unsupported": "错误：不支持的文件", "error:encrypted": "错误：文件已加密",
    "error:damaged": "错误：文件已损坏",
    "auto": "自动判断", "listing": "栏目", "board": "版块", "feed": "订阅源", "sitemap": "站点地图",
    "entry-failing": "入口页面失败", "pages-failing": "多个页面失败", "disk-full": "磁盘将满",
    "notifier-stopped": "通知已停止",
}  # fmt: skip
