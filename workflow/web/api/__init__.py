"""The API: JSON under /api/v1, the same verbs, fields and refusals as the command line's ``--json``.

Each module holds the endpoints of one thing. Who asks is known by a token
(`workflow.web.api.authentication`); what they may is asked of `workflow.register.permissions`, as by the
pages.
"""

from workflow.web.api.routes import router as router
