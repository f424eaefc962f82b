from pathlib import Path

from setuptools import find_packages, setup

# mmdebias/.mim links to configs, tools and their index, as OpenMMLab packages carry them.
mim = [
    str(Path('.mim', 'model-index.yml')),
    *(
        str(Path('.mim', path))
        for folder in ('configs', 'tools')
        for path in Path(folder).rglob('*')
        if path.suffix in ('.py', '.sh', '.md', '.yml', '.json')
    ),
]

# What trains: MMAction2. mmcv is left out on purpose: mmcv and mmcv-lite own the same folder, and a
# requirement on one would be installed over the other. Importing mmdebias says what to do where it
# is missing.
mmaction2 = [
    'mmaction2>=1.2,<1.3',
    'mmengine>=0.10.6,<1',  # the first that can be imported beside torch 2.5 and later
    # An option of the reader, and what MMAction2's own configs use. It has no other wheels.
    'decord>=0.6; platform_machine in "x86_64 AMD64" and sys_platform in "linux win32"',
    'kornia>=0.8.1',
    'importlib_metadata',  # MMAction2 imports it without saying so
    'setuptools<81',  # MMEngine imports pkg_resources
]

# Models for the bias report: of Hugging Face, and ONNX files.
transformers = ['transformers>=4.53']
onnx = ['onnxruntime>=1.20']

# What tools/convert/export_weights.py --to onnx writes and checks with.
export = ['onnx>=1.18', 'onnxruntime>=1.20', 'onnxscript>=0.2']

# Nearest neighbours among many features; without it they are found by matrix products.
faiss = ['faiss-cpu>=1.9']

# Recorded motions of people for tools/data/make_toy.py --motions mocap: only its data is read.
mocap = ['pybullet>=3.2']

# What docs/ is built with.
docs = [*mmaction2, 'sphinx>=8.1', 'myst-parser>=4', 'furo', 'sphinx-copybutton']

setup(
    name='mmdebias',
    version='0.1.0',
    description='Background-debiased video self-supervision for MMAction2: MoCo, FAME, BE and DSM',
    long_description=Path('README.md').read_text(encoding='utf-8'),
    long_description_content_type='text/markdown',
    author='The mmdebias contributors',
    license_expression='Apache-2.0',
    license_files=['LICENSE'],
    keywords='video, self-supervised learning, background bias, action recognition, MMAction2',
    project_urls={
        'MMAction2': 'https://github.com/open-mmlab/mmaction2',
        'FAME': 'https://arxiv.org/abs/2109.15130',
        'BE': 'https://arxiv.org/abs/2009.05769',
        'DSM': 'https://arxiv.org/abs/2009.05757',
    },
    # What all tests have run on.
    classifiers=[
        'Development Status :: 4 - Beta',
        'Intended Audience :: Science/Research',
        'Operating System :: POSIX :: Linux',
        *(f'Programming Language :: Python :: 3.{minor}' for minor in range(10, 15)),
        'Topic :: Scientific/Engineering :: Artificial Intelligence',
        'Topic :: Scientific/Engineering :: Image Recognition',
        'Typing :: Typed',
    ],
    packages=find_packages(include=['mmdebias', 'mmdebias.*']),
    package_data={
        'mmdebias': [*mim, 'py.typed'],
        'mmdebias.bias': ['page.html', 'style.css'],
    },
    entry_points={'console_scripts': ['mmdebias-bias = mmdebias.bias.command:main']},
    python_requires='>=3.10,<3.15',
    # The bias report, the reader and the mathematics.
    install_requires=[
        'torch>=2.6',
        'av>=16.1',
        'matplotlib>=3.7',
        'numpy>=1.26',
        'opencv-python>=4.9',
        'pillow>=10',
        'scipy>=1.10',
    ],
    extras_require={
        'test': [
            'pytest>=7',
            'pytest-xdist>=3.6',
            'tensorboard>=2.14',
            'ruff',
            'mypy',
            *docs,  # with MMAction2
            *transformers,
            *export,
            *faiss,
            # What openmim imports; tools/setup_env.sh says why it is not here itself.
            *('click', 'colorama', 'ordered-set', 'pandas', 'requests', 'tabulate'),
        ],
        'mmaction2': mmaction2,
        'transformers': transformers,
        'onnx': onnx,
        'docs': docs,
        'export': export,
        'faiss': faiss,
        'mocap': mocap,
        'tensorboard': ['tensorboard>=2.14'],
        # Finding people in videos; mmdet needs a full mmcv beside it.
        'detect': ['mmdet>=3.0,<4'],
    },
)
