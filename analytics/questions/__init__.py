"""The questions: each declares its form, help, examples, answer, charts, JSON and follow-ups; ``registry`` lists them.

No SQL, no picture and no Slack here. It may import statistics, language, storage's interfaces and everything below them.
"""
