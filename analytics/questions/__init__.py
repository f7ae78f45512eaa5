"""The questions: each declares its form, examples and answer; ``registry`` lists them.

No SQL, no picture and no Slack here. It may import statistics, language, storage's interfaces and everything below them.
"""
