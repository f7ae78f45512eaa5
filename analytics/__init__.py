"""Rankings, shifts and their reasons, charts and digests over snapshots of the Hugging Face Hub.

No Slack, no clock of its own and no process lives here, and nothing here imports ``bot`` or ``playground``. Inside, outer
packages import inner ones: digest, questions, statistics, storage and sources, names, then the modules beside this one.
"""
