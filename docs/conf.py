"""Settings of Sphinx, see https://www.sphinx-doc.org."""

import importlib
import pkgutil
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))

import mmdebias  # noqa: E402
from mmdebias.methods import table_of_methods  # noqa: E402

project = 'mmdebias'
author = 'The mmdebias contributors'
copyright = author
release = mmdebias.__version__

extensions = ['myst_parser', 'sphinx.ext.autodoc', 'sphinx.ext.napoleon', 'sphinx_copybutton']
exclude_patterns = ['_build']
html_theme = 'furo'
html_title = f'mmdebias {release}'
html_static_path = ['_static']
html_css_files = ['narrow.css']
html_show_sphinx = False
html_copy_source = False

myst_enable_extensions = ['colon_fence', 'deflist']
myst_heading_anchors = 3

default_role = 'code'  # `name` in a docstring
autodoc_member_order = 'bysource'
autodoc_preserve_defaults = True
maximum_signature_line_length = 70
add_module_names = False
napoleon_numpy_docstring = False
napoleon_use_ivar = True  # attributes in a list, not one entry each

# One page for each of these, with a section for each of its modules.
API = (
    'ops',
    'video',
    'datasets',
    'models',
    'engine',
    'evaluation',
    'bias',
    'analysis',
    'weights',
    'apis',
)


def write_api(app: Sphinx) -> None:
    """Write ``_api/PACKAGE.rst``, unless it is as it should be already."""
    folder = DOCS / '_api'
    folder.mkdir(exist_ok=True)
    for name in API:
        package = importlib.import_module(f'mmdebias.{name}')
        title = package.__name__
        modules = pkgutil.walk_packages(getattr(package, '__path__', []), f'{title}.')
        text = f'{title}\n{"=" * len(title)}\n\n.. automodule:: {title}\n'
        if not hasattr(package, '__path__'):
            text += '   :members:\n'
        for module in modules:
            underline = '-' * len(module.name)
            text += f'\n{module.name}\n{underline}\n\n.. automodule:: {module.name}\n'
            # What a package offers is in its modules.
            text += '' if module.ispkg else '   :members:\n   :show-inheritance:\n'
        file = folder / f'{name}.rst'
        if not file.exists() or file.read_text() != text:
            file.write_text(text)


def resolve(
    app: Sphinx, env: BuildEnvironment, node: Any, content: nodes.Element
) -> nodes.Element | None:
    """Link a name without its module: ``mmdebias.ops.merge`` is in ``ops.foreground``."""
    if node.get('refdomain') != 'py':
        return None
    package, _, name = node['reftarget'].rpartition('.')
    domain = env.get_domain('py')
    known = [full for full, *_ in domain.get_objects() if full.rpartition('.')[2] == name]
    found = [full for full in known if full.startswith(package)]
    if len(found) != 1 or found[0] == node['reftarget']:
        return None
    return domain.resolve_xref(
        env, node['refdoc'], app.builder, node['reftype'], found[0], node, content
    )


class MethodsDirective(SphinxDirective):
    """Draw a table of ``mmdebias/methods.py``; the argument names its columns, with commas."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        columns = [name.strip() for name in self.arguments[0].split(',')]
        return self.parse_text_to_nodes(table_of_methods(columns))


def setup(app: Sphinx) -> None:
    """Register the parts above."""
    app.add_directive('methods', MethodsDirective)
    app.connect('builder-inited', write_api)
    app.connect('missing-reference', resolve)
