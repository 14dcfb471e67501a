"""Accounts: by what people sign in, who is signed in where, who looked at what. Whether they may is asked elsewhere.

Nothing of it is in the history, which is about cases; `verify` has nothing to say to it. No password, token or link
stands anywhere in clear, nor does an address from which somebody came.
"""

from workflow.accounts.access_log import Look as Look
from workflow.accounts.access_log import LookPage as LookPage
from workflow.accounts.access_log import Looks as Looks
from workflow.accounts.access_log import look_list as look_list
from workflow.accounts.api_tokens import Token as Token
from workflow.accounts.api_tokens import end_token as end_token
from workflow.accounts.api_tokens import make_token as make_token
from workflow.accounts.api_tokens import token_user as token_user
from workflow.accounts.api_tokens import tokens as tokens
from workflow.accounts.cleanup import Account as Account
from workflow.accounts.cleanup import account_list as account_list
from workflow.accounts.cleanup import tidy as tidy
from workflow.accounts.form_submissions import done_once as done_once
from workflow.accounts.form_submissions import keep_draft as keep_draft
from workflow.accounts.form_submissions import once as once
from workflow.accounts.form_submissions import take_draft as take_draft
from workflow.accounts.one_time_links import LINK_HOURS as LINK_HOURS
from workflow.accounts.one_time_links import LINK_PATH as LINK_PATH
from workflow.accounts.one_time_links import LinkSpent as LinkSpent
from workflow.accounts.one_time_links import Purpose as Purpose
from workflow.accounts.one_time_links import link_qr as link_qr
from workflow.accounts.one_time_links import link_user as link_user
from workflow.accounts.one_time_links import make_link as make_link
from workflow.accounts.one_time_links import use_link as use_link
from workflow.accounts.rate_limit import TooManyTries as TooManyTries
from workflow.accounts.sessions import Session as Session
from workflow.accounts.sessions import SignedIn as SignedIn
from workflow.accounts.sessions import Visitor as Visitor
from workflow.accounts.sessions import end_session as end_session
from workflow.accounts.sessions import end_sessions as end_sessions
from workflow.accounts.sessions import sessions as sessions
from workflow.accounts.sessions import sign_out as sign_out
from workflow.accounts.sessions import visitor as visitor
from workflow.accounts.sign_in import OnlyInASample as OnlyInASample
from workflow.accounts.sign_in import SignInRefused as SignInRefused
from workflow.accounts.sign_in import change_password as change_password
from workflow.accounts.sign_in import enter_sample as enter_sample
from workflow.accounts.sign_in import give_password as give_password
from workflow.accounts.sign_in import sign_in as sign_in
