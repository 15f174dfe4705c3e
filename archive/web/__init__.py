"""The pages for people, the JSON API and the feeds: read-only over the archive, drawn on the server, without scripts.

    application(open, settings) -> the ASGI application           archive.web.app, START HERE
    one group of pages = one file that exports ROUTES, and its line in `archive.web.app.GROUPS`

    request -> guard (host, token, security headers) -> a route -> a plain function in a thread -> page(request, ...)

Needs Starlette and Jinja2; the server itself uvicorn. Nothing of `archive` but this room imports them.
"""
