def install(**k): pass
