"""The tests tested (P6): what guards is changed a little, and its own tests have to notice.

A change is one comparison turned round, one `and` for an `or`, one `not` left out, one truth or number altered. `make
mutants` makes every one there is and says which none noticed.
"""
