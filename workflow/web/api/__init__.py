"""The API answers JSON under /api/v1.

It has the same commands, fields and refusals as the command line's ``--json``. A token says who asks
(`workflow.web.api.authentication`); `workflow.register.permissions` says what they may do, as for the pages.
"""

from workflow.web.api.routes import router as router
