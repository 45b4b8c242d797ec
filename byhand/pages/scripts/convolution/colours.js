// ---- Colours of numbers: red is positive, blue is negative, as in matplotlib's RdBu_r ----
const colours = (() => {
  const RED_TO_BLUE = ["67001f", "b2182b", "d6604d", "f4a582", "fddbc7", "f7f7f7", "d1e5f0", "92c5de", "4393c3", "2166ac", "053061"]
    .map((hex) => [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  // on a dark page as the pictures of weights: invert(1) hue-rotate(180deg), so that zero is dark
  const onDark = (colour) => {
    const [r, g, b] = colour.map((part) => 255 - part), limited = (part) => Math.max(0, Math.min(255, part));
    return [-0.574 * r + 1.43 * g + 0.144 * b, 0.426 * r + 0.43 * g + 0.144 * b, 0.426 * r + 1.43 * g - 0.856 * b].map(limited);
  };

  // the colour [red, green, blue] of a number from -1 to 1
  function signed(number, isDark) {
    const place = 5 * (1 - Math.max(-1, Math.min(1, number))), i = Math.min(9, Math.floor(place));
    const colour = RED_TO_BLUE[i].map((part, k) => part + (place - i) * (RED_TO_BLUE[i + 1][k] - part));
    return isDark ? onDark(colour) : colour;
  }
  const grey = (number) => [255, 255, 255].map((white) => white * number);  // of a number from 0 to 1

  // black or white: what is easier to read on a colour, by the WCAG's luminance
  function readableOn(colour) {
    const [r, g, b] = colour.map((part) => ((part / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
  }

  // a canvas with one pixel for each number; style sheets enlarge it
  function paint(canvas, { height, width, numbers }, colourOf) {
    Object.assign(canvas, { height, width });
    const context = canvas.getContext("2d"), image = context.createImageData(width, height);
    numbers.forEach((number, i) => number === null || image.data.set([...colourOf(number), 255], 4 * i));
    context.putImageData(image, 0, 0);
  }

  return { signed, grey, readableOn, paint };
})();
