from .content import live_content as live_content
from .levers import Lever as Lever, levers_of as levers_of
from .programme import Programme as Programme, programme_of as programme_of
