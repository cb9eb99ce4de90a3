"""Everything that moves. The only importer of pykka; actors talk by frozen messages sent to addresses."""
