"""The board: what stands where, what is stalled, what falls due, who was not told; each number with its list.

Today is counted by the database; a past day is folded from the events. A reader's ``scope`` holds the units whose cases
they may see, and is applied before anything is counted.
"""

from workflow.board.activity import done_in as done_in
from workflow.board.case_list import standing as standing
from workflow.board.coverage import coverage_course as coverage_course
from workflow.board.coverage import coverage_table as coverage_table
from workflow.board.due_soon import due_on as due_on
from workflow.board.due_soon import falling_due as falling_due
from workflow.board.funnel import funnel as funnel
from workflow.board.funnel import overdue as overdue
from workflow.board.funnel import waiting_for as waiting_for
from workflow.board.undelivered import untold as untold
from workflow.board.undelivered import untold_list as untold_list
