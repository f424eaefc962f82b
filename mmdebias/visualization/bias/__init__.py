"""A bias report for people: one page of HTML, and Markdown."""

from .markdown import markdown_of
from .page import Sample, html_of

__all__ = ['Sample', 'html_of', 'markdown_of']
