"""The whole service under a seeded scheduler and a virtual clock, with worlds around it that misbehave.

It stands among the tests because it judges the service and nothing of it is ever shipped. The actors, the supervisor,
the address book and the store are the real ones; replaced are threads (a seeded choice says whose turn it is), time,
and the three worlds outside. `make simulate SEEDS=500` runs many, `make simulate SEED=123` one with its story.
"""
