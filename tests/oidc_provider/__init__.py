"""An OpenID Connect provider as a process of its own, by an implementation that has nothing to do with our client's.

It is django-oauth-toolkit in a Django project of its own (own database file, own RSA key): discovery, authorisation code
with PKCE, signed id tokens, userinfo. What it says about people stands in `claims.json`, which a test may rewrite.
"""
