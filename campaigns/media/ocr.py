"""The engine that reads text in pictures: RapidOCR over ONNX Runtime, with the models of its own package. In the child only.

Importing this loads the models, so that what is missing or broken in the extra `ocr` is no fault of the file. It is the only
module that knows the engine.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import cv2
import numpy
from omegaconf import OmegaConf
from PIL import Image

from campaigns.media.blocks import Line
from campaigns.media.refused import Refused

NAME: Final = f"rapidocr {version('rapidocr')}"
SIDE: Final = 960
"""Pixels of the longer side of a picture that is read: print of a hundredth of it is still read."""
_AREA: Final = 600_000
"""Pixels of all of it, on which the time depends that finding the lines takes."""
_ENLARGED: Final = 3
"""Small pictures are enlarged by so much at most."""
_LEAST: Final = 64
"""Pixels of a side; a thinner picture is laid on a ground of white."""
_BLANK: Final = numpy.full((64, 64, 3), 255, numpy.uint8)


def _loaded() -> Any:
    """The engine with its three models: on one thread, and with the models that lie beside it."""
    rapidocr = _imported()
    models = Path(rapidocr.__file__ or "").parent / "models"
    cv2.setNumThreads(1)
    engine = rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_preprocess_img": False,  # which enlarges thin pictures beyond all bounds
            "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
            "Cls.model_path": str(models / "ch_ppocr_mobile_v2.0_cls_mobile.onnx"),
            "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"),
            "Det.limit_type": "max",  # as large as it comes, rather than enlarged
            "Det.limit_side_len": SIDE,
            "Rec.rec_batch_num": 1,  # a long line does not make six long ones
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
    engine(_BLANK, use_det=False)  # each model is loaded when it is first used
    engine(_BLANK, use_det=True)
    return engine


def _imported() -> ModuleType:
    """The engine's package, but for its table of where models are to be had: nothing is ever downloaded, and to read it twice
    takes a second."""
    whole = OmegaConf.load

    def load(file: Any) -> Any:
        return OmegaConf.create() if Path(file).name == "default_models.yaml" else whole(file)

    OmegaConf.load = load  # type: ignore[method-assign, assignment]
    return import_module("rapidocr")


_ENGINE: Final = _loaded()


def read_size(width: int, height: int) -> tuple[int, int]:
    """The size at which a picture is read."""
    scale = min(SIDE / max(width, height), math.sqrt(_AREA / (width * height)), _ENLARGED)
    return max(1, round(width * scale)), max(1, round(height * scale))


def lines(picture: Image.Image) -> list[Line]:
    """The lines of text in an RGB picture. Raises Refused where the engine runs out of memory."""
    if min(picture.size) < _LEAST:
        ground = Image.new("RGB", (max(picture.width, _LEAST), max(picture.height, _LEAST)), "white")
        ground.paste(picture)
        picture = ground
    try:
        return list(_lines(_ENGINE(numpy.asarray(picture)[:, :, ::-1])))  # it takes blue first
    except Exception as fault:
        # Engine, runtime and OpenCV each have exceptions of their own for it; everything else ends the child, and nothing passes.
        if "alloc" in str(fault).lower():
            raise Refused("memory") from fault
        raise


def _lines(found: Any) -> Iterator[Line]:
    for text, box in zip(found.txts or (), () if found.boxes is None else found.boxes, strict=True):
        (left, top), (right, bottom) = box.min(axis=0).tolist(), box.max(axis=0).tolist()
        yield Line(text, left, top, right, bottom)
