"""The bundled demo dataset: nothing else in `data` knows of it."""

from vsumlab.data.demo.files import make_demo
from vsumlab.data.demo.generator import write_demo

__all__ = ["make_demo", "write_demo"]
