"""The Bot API door: updates in, messages out, errors classified. The only importer of telebot and requests."""
