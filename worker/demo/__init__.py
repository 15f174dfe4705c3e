"""`muniment demo`: a practice site that changes while you watch, the real daemon on it, and what was kept.

    world     what the site says at the moment, and the scripted changes
    office    a county office: notice list, disclosure pages, replies to proposals, a page in GBK
    board     a Discuz-like board with all its changing chrome
    server    both on a loopback port
    play      site + daemon + script, step by step
    report    what was kept, for a newcomer

Everything the site says is made up; any likeness to a real county is chance.
"""
