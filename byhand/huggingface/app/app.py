"""Show a picture of clothing to several models, and compare their answers."""

import os
from functools import lru_cache
from pathlib import Path

import gradio as gr
import numpy as np
from PIL import Image, ImageOps
from transformers import ImageClassificationPipeline, pipeline

HERE = Path(__file__).parent
OWNER = os.environ.get("SPACE_AUTHOR_NAME")  # the Hub sets it
MODELS = (HERE / "models.txt").read_text().split()
IMAGES = sorted((HERE / "images").iterdir())
PIXELS = 28  # edge of Fashion-MNIST's images
WHITE = 255


@lru_cache
def classifier(name: str) -> ImageClassificationPipeline:
    """Return a model from the folder beside this folder; on the Hub, one of the owner's."""
    place = f"{OWNER}/{name}" if OWNER else str(HERE.parent / name)
    return pipeline("image-classification", model=place, trust_remote_code=True)


def as_data(picture: Image.Image) -> Image.Image:
    """Return a picture in the style of Fashion-MNIST, 28 × 28 grey pixels.

    The background is black and cut off; the longer edge has 28 pixels; the rest is centred.
    Transparent pixels count as white.
    """
    if picture.mode == "L" and picture.size == (PIXELS, PIXELS):
        return picture
    picture = picture.convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    grey = Image.alpha_composite(paper, picture).convert("L")
    pixels = np.asarray(grey)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    if np.median(border) > WHITE / 2:
        grey = ImageOps.invert(grey)
    box = grey.point(lambda value: WHITE * (value > 0.1 * WHITE)).getbbox()
    if box is None:
        raise gr.Error("There is nothing in the picture.")
    cut = grey.crop(box)
    edge = max(cut.size)
    square = Image.new("L", (edge, edge))
    square.paste(cut, [(edge - length) // 2 for length in cut.size])
    return square.resize((PIXELS, PIXELS))


def compare(picture: Image.Image | dict | None, names: list[str]) -> list:
    """Return the picture as the models see it, and each model's answer."""
    if isinstance(picture, dict):  # a drawing
        picture = picture["composite"]
    if picture is None:
        raise gr.Error("There is no picture yet.")
    seen = as_data(picture)
    answers = []
    for name in MODELS:
        if name in names:
            found = classifier(name)(seen, top_k=10)
            scores = {answer["label"]: answer["score"] for answer in found}
            answers.append(gr.Label(scores, visible=True))
        else:
            answers.append(gr.Label(visible=False))
    return [seen.resize((10 * PIXELS,) * 2, Image.Resampling.NEAREST), *answers]


def compare_image(event: gr.SelectData, names: list[str]) -> list:
    """Return the same for a chosen image of the test set."""
    return compare(Image.open(IMAGES[event.index]), names)


# fonts of the machine: Gradio's own theme would fetch fonts from another server
theme = gr.themes.Default(font="sans-serif", font_mono="monospace")
with gr.Blocks(title="Deep learning by hand") as app:
    gr.Markdown(
        "# Deep learning by hand\nShow a picture of clothing to several models. All of"
        " them learnt from Fashion-MNIST: light clothes on black."
    )
    names = gr.CheckboxGroup(MODELS, value=MODELS, label="Models")
    with gr.Row():
        with gr.Column(scale=2):
            with gr.Tab("A test image"):
                gr.Markdown("One image of each class. No model was trained on them.")
                images = gr.Gallery(
                    [str(path) for path in IMAGES],
                    show_label=False,
                    columns=5,
                    height="auto",
                    allow_preview=False,
                    buttons=[],
                )
            with gr.Tab("Draw"):
                gr.Markdown("Fill what you draw: the models know no outlines.")
                drawing = gr.Sketchpad(
                    type="pil",
                    show_label=False,
                    canvas_size=(280, 280),
                    brush=gr.Brush(default_size=20, colors=["#000000", "#808080"]),
                    layers=False,
                )
                drawn = gr.Button("Compare", variant="primary")
            with gr.Tab("Upload"):
                upload = gr.Image(
                    type="pil", image_mode=None, sources=["upload", "clipboard"]
                )
                uploaded = gr.Button("Compare", variant="primary")
        with gr.Column(scale=1):
            gr.Markdown("The models see 28 × 28 pixels, light on black:")
            seen = gr.Image(show_label=False, interactive=False, buttons=[])
    answers = []
    for row in range(0, len(MODELS), 4):
        with gr.Row():
            for name in MODELS[row : row + 4]:
                answers.append(gr.Label(label=name, num_top_classes=3))
    images.select(compare_image, names, [seen, *answers])
    drawn.click(compare, [drawing, names], [seen, *answers])
    uploaded.click(compare, [upload, names], [seen, *answers])

if __name__ == "__main__":
    app.launch(theme=theme)
