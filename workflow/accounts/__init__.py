"""Accounts: by what people sign in, who is signed in where, who looked at what. Whether they may is asked elsewhere.

Nothing of it is in the history, which is about cases; `verify` has nothing to say to it. No password, token or link
stands anywhere in clear, nor does an address from which somebody came.
"""

from workflow.accounts.forms import done_once as done_once
from workflow.accounts.forms import keep_draft as keep_draft
from workflow.accounts.forms import once as once
from workflow.accounts.forms import take_draft as take_draft
from workflow.accounts.keeping import Account as Account
from workflow.accounts.keeping import account_list as account_list
from workflow.accounts.keeping import tidy as tidy
from workflow.accounts.links import LINK_HOURS as LINK_HOURS
from workflow.accounts.links import LINK_PATH as LINK_PATH
from workflow.accounts.links import LinkSpent as LinkSpent
from workflow.accounts.links import Purpose as Purpose
from workflow.accounts.links import link_qr as link_qr
from workflow.accounts.links import link_user as link_user
from workflow.accounts.links import make_link as make_link
from workflow.accounts.links import use_link as use_link
from workflow.accounts.looks import Look as Look
from workflow.accounts.looks import LookPage as LookPage
from workflow.accounts.looks import Looks as Looks
from workflow.accounts.looks import look_list as look_list
from workflow.accounts.programs import Token as Token
from workflow.accounts.programs import end_token as end_token
from workflow.accounts.programs import make_token as make_token
from workflow.accounts.programs import token_user as token_user
from workflow.accounts.programs import tokens as tokens
from workflow.accounts.signing import OnlyInASample as OnlyInASample
from workflow.accounts.signing import SignInRefused as SignInRefused
from workflow.accounts.signing import change_password as change_password
from workflow.accounts.signing import enter_sample as enter_sample
from workflow.accounts.signing import give_password as give_password
from workflow.accounts.signing import sign_in as sign_in
from workflow.accounts.tries import TooManyTries as TooManyTries
from workflow.accounts.visiting import Session as Session
from workflow.accounts.visiting import SignedIn as SignedIn
from workflow.accounts.visiting import Visitor as Visitor
from workflow.accounts.visiting import end_session as end_session
from workflow.accounts.visiting import end_sessions as end_sessions
from workflow.accounts.visiting import sessions as sessions
from workflow.accounts.visiting import sign_out as sign_out
from workflow.accounts.visiting import visitor as visitor
