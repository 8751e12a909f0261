"""The TikTok Marketing API v1.3 as a process of its own, for development and tests.

It answers the paths that the official SDK (`business_api_client` 1.1.3) calls, with the
real envelope, defaults and validation. It knows nothing of the product's other packages.
`docs/simulator.md` says what it does, what it assumes and what it leaves out.
"""
