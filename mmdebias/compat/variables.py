"""A workaround for environment variables in configs: their values are text, not program."""

import functools
import io
import os
import re
import tokenize

# What MMEngine takes for a variable and its default.
VARIABLE = re.compile(r'\{\{[\'"]?\s*\$(\w+)\s*:\s*(\S*?)\s*[\'"]?\}\}')
# What has a meaning within Python's quotes, in a replacement of `re` or in MMEngine's templates.
ODD = re.compile(r'[\'"\\{}$\x00-\x1f\x7f]')


def quote_variables() -> None:
    """Let ``{{$NAME:default}}`` within quotes of a config be any text, such as a path with quotes.

    mmengine 0.10.7's ``Config`` puts the value of an environment variable into the text of the
    config as it is, by ``re.sub``: a quote in ``MMDEBIAS_DATA`` ends the text that it stands in,
    which is a SyntaxError or runs what follows, and a backslash is a group or a control character.
    An empty one is a KeyError, "cannot be found". Here such characters are escaped where the
    variable stands within quotes of a Python config, and an empty one is named. Outside of quotes,
    ``num_classes={{'$CLASSES:80'}}``, the value is a piece of program, and stays so.
    """
    from mmengine.config import Config

    original = Config._substitute_env_variables
    if hasattr(original, 'mmdebias'):
        return

    @functools.wraps(original)
    def _substitute_env_variables(filename: str, temp_config_name: str) -> dict:
        with open(filename, encoding='utf-8') as file:
            text = file.read()
        _refuse_empty(text)
        found = {}
        if filename.endswith('.py'):
            text, found = quoted(text)
        if found:
            with open(temp_config_name, 'w', encoding='utf-8') as file:
                file.write(text)
            filename = temp_config_name
        return {**found, **original(filename, temp_config_name)}

    _substitute_env_variables.mmdebias = True
    Config._substitute_env_variables = staticmethod(_substitute_env_variables)


def quoted(text: str) -> tuple[str, dict[str, str]]:
    """Put the values of variables that have odd characters where they stand within quotes.

    Args:
        text: Of a config, Python.

    Returns:
        The text, and the values that it now has, by their names.
    """
    places = [m for m in VARIABLE.finditer(text) if ODD.search(os.environ.get(m[1], ''))]
    inside = _within_quotes(text, places)
    found = {}
    for place in reversed(places):
        if place in inside:
            value = found[place[1]] = os.environ[place[1]]
            text = text[: place.start()] + ODD.sub(_escape, value) + text[place.end() :]
    return text, found


def _within_quotes(text: str, places: list[re.Match]) -> list[re.Match]:
    """Return those places of a program that are a part of a text in quotes."""
    if not places:
        return []
    # A name in the place of each variable makes it a program that can be read.
    marks = {f'mmdebias_variable_{number}_': place for number, place in enumerate(places)}
    program = text
    for mark, place in reversed(marks.items()):
        program = program[: place.start()] + mark + program[place.end() :]
    names: set[str] = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(program).readline):
            if token.type == tokenize.NAME:
                names.add(token.string)
    except (tokenize.TokenError, SyntaxError):
        return []  # what is wrong with it MMEngine will say
    return [place for mark, place in marks.items() if mark not in names]


def _escape(odd: re.Match) -> str:
    return f'\\x{ord(odd[0]):02x}'


def _refuse_empty(text: str) -> None:
    for name, default in VARIABLE.findall(text):
        if not os.environ.get(name, default):
            from mmdebias.config_checks import ConfigError  # it imports mmaction

            raise ConfigError(
                f'the environment variable {name} is empty, and a config needs it: set it'
                + (f', or remove it (unset {name}) for {default!r}' if default else '')
            )
