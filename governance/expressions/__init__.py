"""Expressions in CEL (https://cel.dev) that customers write: what they may name, how they are checked, how they are judged by.

`vocabulary` names what can be read, `compiling` turns text into a program or says where it is wrong, `evaluating` judges. Only
this package knows the library. A stored expression is plain CEL text.
"""
