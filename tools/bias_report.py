"""Report how much of video models is background.

Usage:
    python tools/bias_report.py --model NAME hf:FOLDER --data LIST --out DIR ...
    python tools/bias_report.py --model NAME onnx:FILE --clip 16x4x224 --data LIST --out DIR ...
    python tools/bias_report.py --model NAME CONFIG CHECKPOINT --data LIST --out DIR ...

The installed command ``mmdebias-bias`` is the same; ``--help`` shows the rest.
"""

from mmdebias.bias.command import main

if __name__ == '__main__':
    main()
