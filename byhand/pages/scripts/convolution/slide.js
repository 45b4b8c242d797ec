// ---- Chapter 7: slides a kernel over an image, one place at a time ----

function mountConvolution(card) {
  const spec = JSON.parse(document.getElementById("convolution").textContent);
  const { pictures, kernels } = convolution.unpacked(spec), { height, width } = spec;
  const form = card.querySelector("form"), inputs = form.elements, said = card.querySelector("[role=status]");
  const pane = (name) => card.querySelector(`[data-pane="${name}"]`);
  const radios = form.querySelectorAll("[name=image]"), own = [...card.querySelectorAll(".own button")];
  // what is shown: an image, a kernel, its maps, and the kernel's place
  let image, kernel, maps, y = 0, x = 0, timer = null, refused = "";

  const largest = (numbers) => Math.max(...numbers.map(Math.abs)) || 1;
  const onScale = (scale) => (number) => colours.signed(number / scale, dark.matches);
  const shown = (number) => number.toFixed(2).replace("-0.00", "0.00").replace("-", "−");

  function compute() {
    const map = convolution.featureMap(image, kernel), activated = convolution.activated(map, spec.activation);
    maps = { map, activated, pooled: convolution.pooled(activated) };
    show();
  }

  function show() {
    const around = (kernel.size - 1) / 2, reached = timer ? y * width + x : Infinity;  // while it slides, the rest is empty
    const padded = { height: height + 2 * around, width: width + 2 * around };
    const insideOut = Array.from({ length: padded.height * padded.width }, (_, i) => {
      const row = Math.floor(i / padded.width) - around, column = i % padded.width - around;
      return row < 0 || row >= height || column < 0 || column >= width ? null : image.numbers[row * width + column];
    });
    picture("image", { ...padded, numbers: insideOut }, colours.grey, [y, x, kernel.size]);
    const colourOf = onScale(largest(maps.map.numbers)), pooledWidth = maps.pooled.width;
    const sofar = (map, isReached) => ({ ...map, numbers: map.numbers.map((number, i) => isReached(i) ? number : null) });
    picture("map", sofar(maps.map, (i) => i <= reached), colourOf, [y, x, 1]);
    picture("activated", sofar(maps.activated, (i) => i <= reached), colourOf, [y - y % 2, x - x % 2, 2]);
    const lastOf = (i) => (2 * Math.floor(i / pooledWidth) + 1) * width + 2 * (i % pooledWidth) + 1;
    picture("pooled", sofar(maps.pooled, (i) => lastOf(i) <= reached), colourOf, [Math.floor(y / 2), Math.floor(x / 2), 1]);

    const patch = convolution.patch(image, kernel.size, y, x), products = convolution.products(patch, kernel);
    cells("patch", patch, colours.grey);
    cells("kernel", kernel.weights, onScale(largest(kernel.weights)));
    cells("products", products, onScale(largest(products)));
    inputs.place.value = y * width + x;
    inputs.place.ariaValueText = inLanguage("row {}, column {}", y + 1, x + 1);
    inputs.slide.textContent = inLanguage(timer ? "Pause" : "Slide");
    for (const option of inputs.preset.options) option.text = inLanguage(option.dataset.name);
    for (const radio of radios) radio.ariaLabel = radio.parentElement.title = inLanguage(radio.dataset.name);
    pane("image").ariaLabel = inLanguage("the image: arrow keys move the kernel");
    said.ariaLive = timer ? "off" : "polite";
    said.textContent = refused || sentences(convolution.total(products));
  }

  // a picture, and a mark around rows and columns of it: [row, column, how many]
  function picture(name, numbers, colourOf, [row, column, count]) {
    const place = pane(name), share = (n, of) => `${100 * n / of}%`;
    colours.paint(place.firstChild, numbers, colourOf);
    Object.assign(place.querySelector("i").style, {
      top: share(row, numbers.height), left: share(column, numbers.width),
      height: share(count, numbers.height), width: share(count, numbers.width),
    });
  }

  // numbers in squares; those of the kernel are the reader's to change
  function cells(name, numbers, colourOf) {
    const place = pane(name), tag = name === "kernel" ? "input" : "span";
    if (place.children.length !== numbers.length) {
      place.replaceChildren(...numbers.map(() => document.createElement(tag)));
      place.style.setProperty("--across", kernel.size);
    }
    numbers.forEach((number, i) => {
      const cell = place.children[i], colour = colourOf(number);
      Object.assign(cell.style, { background: `rgb(${colour})`, color: colours.readableOn(colour) });
      if (tag === "span") return cell.textContent = shown(number);
      const label = inLanguage("kernel, row {}, column {}", Math.floor(i / kernel.size) + 1, i % kernel.size + 1);
      Object.assign(cell, { type: "number", step: 0.1, min: -100, max: 100, ariaLabel: label });
      if (cell !== document.activeElement) cell.value = +number.toFixed(2);
    });
  }

  function sentences(sum) {
    const number = maps.map.numbers[y * width + x], after = maps.activated.numbers[y * width + x];
    const first = inLanguage("Row {}, column {}: the sum of the {} products is {}.", y + 1, x + 1, kernel.size ** 2, shown(sum));
    const second = inLanguage("Plus the bias {}, it is {}.", shown(kernel.bias), shown(number));
    const name = spec.activation === "relu" ? "ReLU" : "sigmoid";
    const third = inLanguage("{} makes it {}.", name, shown(after));
    const [row, column] = [y, x].map((n) => Math.floor(n / 2)), { pooled, activated } = maps;
    if (row >= pooled.height || column >= pooled.width) return [first, second, third].join("\n");
    const four = convolution.block(activated, row, column).map(shown);
    const fourth = inLanguage("Pooling: ({}) / 4 = {}.", four.join(" + "), shown(pooled.numbers[row * pooled.width + column]));
    return [first, second, third, fourth].join("\n");
  }

  // LeNet's own kernels, and their maps of the image
  function showOwn() {
    const all = kernels.map((one) => convolution.activated(convolution.featureMap(image, one), spec.activation));
    const colourOf = onScale(largest(all.flatMap(({ numbers }) => numbers)));
    own.forEach((button, i) => {
      const [ofKernel, before, after] = button.querySelectorAll("canvas"), { size, weights } = kernels[i];
      colours.paint(ofKernel, { height: size, width: size, numbers: weights }, onScale(largest(weights)));
      colours.paint(before, all[i], colourOf);
      colours.paint(after, convolution.pooled(all[i]), colourOf);
      const most = Math.max(...all[i].numbers);
      button.querySelector("small").textContent = most > 0 ? inLanguage("largest: {}", shown(most)) : inLanguage("0 everywhere: inactive");
    });
  }

  function chooseImage() {
    image = pictures[inputs.image.value];
    compute();
    showOwn();
  }

  function choose(preset) {
    const isOwn = Object.hasOwn(kernels, preset);
    kernel = isOwn ? kernels[preset] : { size: 3, weights: spec.presets[preset].flat(), bias: 0 };
    inputs.preset.value = preset;
    inputs.size.value = kernel.size;
    inputs.bias.value = +kernel.bias.toFixed(2);
    own.forEach((button) => button.ariaPressed = button.value === preset);
    compute();
  }

  // a number that the reader typed: refused if it is none
  function take(input, change) {
    const number = input.valueAsNumber, isRefused = !(Math.abs(number) <= 100), name = input.ariaLabel ?? inLanguage("bias");
    refused = isRefused ? inLanguage("{}: this must be a number from −100 to 100. The previous number stays.", name) : "";
    input.ariaInvalid = isRefused;
    if (isRefused) return show();
    kernel = { ...kernel, ...change(number) };
    inputs.preset.value = "own";
    own.forEach((button) => button.ariaPressed = false);
    compute();
  }

  function moveTo(row, column) {
    [y, x] = [Math.max(0, Math.min(height - 1, row)), Math.max(0, Math.min(width - 1, column))];
    refused = "";
    show();
  }

  const isSlow = matchMedia("(prefers-reduced-motion: reduce)");  // then a row at a time
  function slide(isOn) {
    clearInterval(timer);
    const step = isSlow.matches ? width : 1, next = () => {
      const place = y * width + x + step;
      if (place < height * width) moveTo(Math.floor(place / width), place % width);
      else slide(false);
    };
    timer = isOn ? setInterval(next, isSlow.matches ? 500 : 30) : null;
    show();
  }

  function follow(event) {  // the pointer
    const { currentTarget: place } = event, box = place.getBoundingClientRect(), canvas = place.firstChild;
    const around = (canvas.height - height) / 2;  // of the image
    const at = (share, count) => Math.floor(share * count) - around;
    if (timer) slide(false);
    moveTo(at((event.clientY - box.top) / box.height, canvas.height), at((event.clientX - box.left) / box.width, canvas.width));
  }

  for (const name of ["image", "map"]) {
    for (const kind of ["pointermove", "pointerdown"]) pane(name).addEventListener(kind, follow);
  }
  const KEYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  Object.assign(pane("image"), { tabIndex: 0, role: "group" });
  pane("image").addEventListener("keydown", (event) => {
    const [down, right] = KEYS[event.key] ?? [];
    if (down === undefined) return;
    event.preventDefault();
    moveTo(y + down, x + right);
  });
  inputs.place.max = height * width - 1;
  inputs.place.addEventListener("input", ({ target }) => moveTo(Math.floor(target.value / width), target.value % width));
  radios.forEach((radio) => radio.addEventListener("change", chooseImage));
  inputs.preset.addEventListener("change", () => choose(inputs.preset.value));
  inputs.size.addEventListener("change", () => { kernel = convolution.resized(kernel, +inputs.size.value); compute(); });
  inputs.bias.addEventListener("input", () => take(inputs.bias, (bias) => ({ bias })));
  pane("kernel").addEventListener("input", ({ target }) => take(target, (number) => {
    const i = [...pane("kernel").children].indexOf(target);
    return { weights: kernel.weights.with(i, number) };
  }));
  inputs.slide.addEventListener("click", () => {
    if (!timer) moveTo(0, 0);
    slide(!timer);
  });
  inputs.whole.addEventListener("click", () => slide(false));
  own.forEach((button) => button.addEventListener("click", () => choose(button.value)));
  form.addEventListener("submit", (event) => event.preventDefault());
  const redraw = () => { show(); showOwn(); };
  document.addEventListener("language", redraw);
  dark.addEventListener("change", redraw);
  radios.forEach((radio, i) => colours.paint(radio.nextElementSibling, pictures[i], colours.grey));
  image = pictures[0];
  choose(Object.keys(spec.presets)[0]);
  showOwn();
  const { numbers } = maps.map, first = numbers.indexOf(Math.max(...numbers));
  moveTo(Math.floor(first / width), first % width);
}
