"""That what somebody wrote cannot be understood, and why: in words that can be said in any language."""


class Misread(ValueError):
    """The text is no such thing; `message` goes on from "It", says what is wrong and behind a colon the mend.

    It is marked for translation and has places for `values`.
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message.format_map(values))
        self.message = message
        self.values = values
