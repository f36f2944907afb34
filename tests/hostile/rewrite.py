"""Well-formed files with hostile content: huge declared shapes, NaN, wrong ranks, pickles."""

import io
import zipfile
from pathlib import Path

import h5py
import numpy as np

HUGE = (2**62, 2**40, 2**31, 2**20, -1, 0)


class Payload:
    """An object whose unpickling would run a program."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.system, ("touch /tmp/neurodeploy-was-run",)


def rewritten(original: Path, rng: np.random.Generator) -> bytes:
    """Return the content of `original` with one part replaced by something hostile."""
    match original.suffix:
        case ".npz":
            return _npz(original, rng)
        case ".npy":
            return _npy(np.load(original), rng)
        case ".onnx":
            return _onnx(original, rng)
        case _:
            return _hdf5(original, rng)


def hostile(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return another array in place of `values`: other rank, type, or values."""
    match rng.integers(6):
        case 0:
            return np.full(values.shape, np.nan)
        case 1:
            return np.full(values.shape, rng.choice([np.inf, -1e300, 1e300, -1.0, 0.0]))
        case 2:
            return np.zeros((0, *values.shape))
        case 3:
            return values[None]
        case 4:
            return np.full(values.shape, rng.choice(HUGE), np.int64)
        case _:
            return values.ravel()[: rng.integers(values.size + 1)]


def _npy(values: np.ndarray, rng: np.random.Generator) -> bytes:
    stream = io.BytesIO()
    match rng.integers(3):
        case 0:
            np.save(stream, np.array([Payload()], object), allow_pickle=True)
        case 1:
            np.save(stream, hostile(values, rng))
        case _:
            shape = tuple(int(n) for n in rng.choice(HUGE, rng.integers(1, 4)))
            header = {"descr": values.dtype.str, "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(stream, header)
            stream.write(values.tobytes())
    return stream.getvalue()


def _npz(original: Path, rng: np.random.Generator) -> bytes:
    stream = io.BytesIO()
    with np.load(original) as arrays, zipfile.ZipFile(stream, "w") as archive:
        victim = rng.choice(arrays.files)
        for name in arrays.files:
            part = io.BytesIO()
            np.save(part, arrays[name])
            content = _npy(arrays[name], rng) if name == victim else part.getvalue()
            archive.writestr(f"{name}.npy", content)
    return stream.getvalue()


def _hdf5(original: Path, rng: np.random.Generator) -> bytes:
    stream = io.BytesIO(original.read_bytes())
    with h5py.File(stream, "r+") as file:
        names: list[str] = []
        file.visititems(lambda name, item: names.append(name) if hasattr(item, "dtype") else None)
        name = str(rng.choice(names))
        values = np.asarray(file[name][()])
        del file[name]
        match rng.integers(4):
            case 0:
                shape = tuple(int(n) for n in rng.choice([2**31, 2**40, 2**20], 2))
                file.create_dataset(name, shape, "f4", chunks=(16, 16))
            case 1 if values.dtype.kind in "fiu":
                file[name] = hostile(values, rng)
            case 2:
                file[name] = str(rng.choice(["", "NIRGraph", "../../etc/passwd", "x" * 5000]))
            case _:
                file[name] = rng.choice(HUGE)
    return stream.getvalue()


def _onnx(original: Path, rng: np.random.Generator) -> bytes:
    import onnx
    from onnx import numpy_helper

    model = onnx.load(original)
    graph = model.graph
    match rng.integers(4):
        case 0:
            tensor = graph.initializer[rng.integers(len(graph.initializer))]
            dims = tensor.dims or [0]
            dims[rng.integers(len(dims))] = int(rng.choice(HUGE))
        case 1:
            tensor = graph.initializer[rng.integers(len(graph.initializer))]
            other = hostile(numpy_helper.to_array(tensor), rng)
            tensor.CopyFrom(numpy_helper.from_array(other, tensor.name))
        case 2:
            attributes = [a for n in graph.node for a in n.attribute if a.ints]
            attribute = attributes[rng.integers(len(attributes))]
            attribute.ints[rng.integers(len(attribute.ints))] = int(rng.choice(HUGE))
        case _:
            shape = graph.input[0].type.tensor_type.shape
            shape.dim[rng.integers(len(shape.dim))].dim_value = int(rng.choice(HUGE))
    return model.SerializeToString()
