from .content import Step as Step
from .html import render as render
from .interactive import Page as Page, page as page
