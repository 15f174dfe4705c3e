"""Telling of changes: one file per notifier, all of them readers of the change log like any stranger's tool.

crew       one task for each notifier of sources.yaml; none waits for another or for the polling
runner     one notifier: a page of the log -> rules -> messages in order -> its cursor
webhook  mail  apprise      how a message goes out, and what an answer means
body  letter  templates     what it says
"""
