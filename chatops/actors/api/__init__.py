"""What the API answers: values from the store, and what other actors do for the HTTP threads that ask.

All of it but the ApiActor runs in the web server's threads.
"""
