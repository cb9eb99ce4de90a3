"""When which delivery may go to Telegram: lanes, budgets per chat, flood waits and retries, as one state machine.

Time comes in as monotonic seconds and chance as a function. It sends nothing, waits for nothing and never looks into
what is delivered, except for the chat and the message it concerns.
"""
