"""The pages of access managers: who may do what, where, until when and why; one module a page.

They look through `accounts.queries` and `accounts.explain`, and act through `accounts.services`. A page that acts answers
done with a redirect, refused with itself: the reason, and what was typed.
"""
