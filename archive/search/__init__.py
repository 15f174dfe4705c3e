"""Finding documents by what they say: now (`find.search`), or at any time (`spans.search_versions`).

    find.search(connection, query, limit, cursor) -> Results                 hits ranked, with marked snippets
    spans.search_versions(connection, query, limit, cursor) -> Appearances   when a phrase appeared, when it vanished
    index.index_contents(connection, rows)                                   called where contents are stored
    index.rebuild(connection, progress)                                      the index made anew
    words.tokens_of(row)                                                     what is indexed of a content: no database

The query language stands in `archive.search.query`. `Archive.search` and `Archive.search_versions` are the doors for
readers.
"""
