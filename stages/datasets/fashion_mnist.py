"""Fashion-MNIST: what its four files hold and how to read their IDX format.

Xiao, Rasul and Vollgraf (2017), 70,000 greyscale images of clothing, 28×28 pixels, in ten
classes; chapter 2 of the book. The format is LeCun's: two zero bytes, a byte for the
element type (8 = unsigned byte), a byte for the number of dimensions, then each dimension
as a big-endian 32-bit integer, then the elements.
"""

import numpy as np

CLASS_NAMES = [
    "t-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
]

# SHA-256 of each file, decompressed: mirrors compress differently, the data is the same.
SHA256 = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}


def decode_idx(content: bytes) -> np.ndarray:
    """Return the array of unsigned bytes in an IDX file, uint8, shaped as it says.

    Raises:
        ValueError: the content is not an IDX file of unsigned bytes, or is cut short.
    """
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        raise ValueError(
            f"starts with {content[:4].hex(' ')}, expected 00 00 08 (IDX, unsigned bytes)"
        )
    header = 4 + 4 * content[3]
    if len(content) < header:
        raise ValueError(f"has {len(content)} bytes, expected {header} before the data")
    shape = np.frombuffer(content[4:header], dtype=">u4").astype(int)
    if len(content) != header + shape.prod():
        raise ValueError(
            f"has {len(content)} bytes, expected {header + shape.prod()} for "
            f"{' × '.join(map(str, shape))} elements"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=header).reshape(shape).copy()
