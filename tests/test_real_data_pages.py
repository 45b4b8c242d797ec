"""The report and DVC's plots in a real browser, opened from disk with the network cut."""

import csv
import json
import re
from itertools import islice

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from pytest import approx

from byhand.autograd.engine import Tensor
from byhand.autograd.mlp import cross_entropy, forward
from tests.browser import CHROMIUM, REPORT, chromium, wait_for_charts
from tests.project import ROOT, run

EYE = "c => ({...c._fullLayout.scene._scene.getCamera().eye})"
# nothing is drawn when it comes near
WITHOUT_CHARTS = "IntersectionObserver.prototype.observe = () => {}"
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1440, "height": 900}

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt install chromium"),
    pytest.mark.skipif(not REPORT.exists(), reason="no report yet: make repro"),
]


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def open_page(browser):
    """Open a file at a size, offline; what it asked for or complained of fails the test.

    script: runs before those of the page.
    """
    contexts, faults = [], []

    def open_page(path, viewport, script="", **options):
        context = browser.new_context(viewport=viewport, offline=True, **options)
        context.add_init_script(script)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request",
            lambda r: r.url.startswith("http") and faults.append(f"asked for {r.url}"),
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda m: m.type == "error" and faults.append(m.text))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def charts(page):
    """Wait until every chart is drawn, and return its id, kind and number of marks."""
    wait_for_charts(page)
    return page.evaluate(
        """() => [...document.querySelectorAll('.chart')].map(c => ({
            id: c.id,
            kind: c._fullData[0].type,
            marks: c._fullLayout.scene
                ? c._fullLayout.scene._scene.glplot.objects.length
                : c.querySelectorAll('.point path, .points path, .lines path, .hm image').length,
        }))"""
    )


def drawn(page, selector):
    """Scroll to a chart, wait until it is drawn, and return it."""
    chart = page.locator(selector).first
    chart.evaluate("c => c.scrollIntoView({block: 'center'})")
    page.wait_for_function("c => c._fullData?.length", arg=chart.element_handle())
    page.wait_for_timeout(1000)
    return chart


def in_each_look(page):
    """Show the page in both languages, light and dark; yield after each change."""
    for change in (
        lambda: page.emulate_media(color_scheme="dark"),
        lambda: page.click("#language"),
        lambda: page.emulate_media(color_scheme="light"),
        lambda: None,
    ):
        yield page.evaluate("document.documentElement.lang")
        change()


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["390", "1440"])
def test_every_chart_draws_its_marks_and_nothing_is_cut_off(open_page, viewport):
    page = open_page(REPORT, viewport, locale="en-US")
    languages = []
    for language in in_each_look(page):
        languages.append(language)
        found = charts(page)
        assert len(found) >= 45
        for chart in found:
            assert chart["marks"] > 0, chart
        nothing_is_cut_off(page, viewport)
    assert languages == ["en", "en", "zh", "zh"]


def nothing_is_cut_off(page, viewport):
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= viewport["width"]
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.chart')].flatMap(chart => {
            const box = chart.getBoundingClientRect();
            return [...chart.querySelectorAll('text, .legend')].filter(t => {
                const b = t.getBoundingClientRect();
                return b.width && (b.left < box.left - 1 || b.right > box.right + 1
                    || b.top < box.top - 1 || b.bottom > box.bottom + 1);
            }).map(t => `${chart.id}: ${t.textContent}`);
        })"""
    )
    assert outside == []
    too_wide = page.evaluate(
        """() => [...document.querySelectorAll('table')].filter(table =>
            table.getBoundingClientRect().right
            > table.parentElement.getBoundingClientRect().right
            - parseFloat(getComputedStyle(table.parentElement).paddingRight) + 1
        ).map(table => table.textContent)"""
    )
    assert too_wide == []
    on_top_of_each_other = page.evaluate(
        """() => [...document.querySelectorAll('.chart')].flatMap(chart => {
            const texts = [...chart.querySelectorAll('.xtitle, .ytitle, .legend, .xtick, .ytick')]
                .map(t => [t, t.getBoundingClientRect()]);
            return texts.flatMap(([s, a], i) => texts.slice(i + 1).filter(([t, b]) =>
                s.classList[0] != t.classList[0]
                && a.left < b.right - 1 && b.left < a.right - 1
                && a.top < b.bottom - 1 && b.top < a.bottom - 1
            ).map(([t]) => `${chart.id}: ${s.textContent} and ${t.textContent}`));
        })"""
    )
    assert on_top_of_each_other == []
    overlapping = page.evaluate(
        """() => {
            const cards = [...document.querySelectorAll('.card')].map(c => c.getBoundingClientRect());
            return cards.some((a, i) => cards.slice(i + 1).some(b =>
                a.left < b.right - 1 && b.left < a.right - 1
                && a.top < b.bottom - 1 && b.top < a.bottom - 1));
        }"""
    )
    assert not overlapping


def test_a_scene_turns_when_it_is_dragged(open_page):
    page = open_page(REPORT, WIDE)
    scene = drawn(page, "[id^=chart-scene]")
    before = scene.evaluate(EYE)
    box = scene.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y + 30, steps=8)
    page.mouse.up()
    page.wait_for_timeout(500)
    assert scene.evaluate(EYE) != before


def test_the_wheel_scrolls_past_a_scene_until_it_is_clicked(open_page):
    page = open_page(REPORT, WIDE)
    scene = drawn(page, "[id^=chart-scene]")
    box = scene.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    before = page.evaluate("scrollY"), scene.evaluate(EYE)
    page.mouse.wheel(0, -60)
    page.wait_for_timeout(500)
    after = page.evaluate("scrollY"), scene.evaluate(EYE)
    assert after == (before[0] - 60, before[1])
    scene.click()
    page.mouse.wheel(0, -60)
    page.wait_for_timeout(500)
    assert page.evaluate("scrollY") == after[0]
    assert scene.evaluate(EYE) != after[1]


@pytest.mark.parametrize("kind", ["scene", "curves", "confusion"])
def test_a_swipe_on_a_touch_screen_scrolls_past_a_chart(open_page, kind):
    page = open_page(REPORT, NARROW, has_touch=True, is_mobile=True)
    drawn(page, f"[id^=chart-{kind}]").evaluate("c => c.scrollIntoView()")
    before = page.evaluate("scrollY")
    swipe(page, (195, 300), (195, 150))
    assert page.evaluate("scrollY") > before + 100


def test_a_scene_that_was_tapped_turns_by_a_swipe(open_page):
    page = open_page(REPORT, NARROW, has_touch=True, is_mobile=True)
    scene = drawn(page, "[id^=chart-scene]")
    scene.evaluate("c => c.scrollIntoView()")
    page.touchscreen.tap(195, 200)
    before = page.evaluate("scrollY"), scene.evaluate(EYE)
    swipe(page, (195, 300), (195, 150))
    assert page.evaluate("scrollY") == before[0]
    assert scene.evaluate(EYE) != before[1]


def swipe(page, start, end, steps=10):
    """Draw a finger over a touch screen, from one point to another."""
    touch = page.context.new_cdp_session(page)
    for i in range(steps + 1):
        x, y = (a + (b - a) * i / steps for a, b in zip(start, end, strict=True))
        touch.send(
            "Input.dispatchTouchEvent",
            {
                "type": "touchMove" if i else "touchStart",
                "touchPoints": [{"x": x, "y": y}],
            },
        )
        page.wait_for_timeout(20)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(500)


def test_a_click_on_a_name_hides_its_curve_and_another_shows_it(open_page):
    page = open_page(REPORT, WIDE)
    chart = drawn(page, "[id='chart-curves-train_loss-data/split/xor']")
    curves = chart.locator(".scatterlayer .trace")
    shown = curves.count()
    assert shown >= 2
    for expected in (shown - 1, shown):
        chart.locator(".legendtoggle").first.click()
        page.wait_for_timeout(1000)  # a second click too soon would be a double click
        assert curves.count() == expected


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["390", "1440"])
def test_the_report_passes_wcags_automatic_checks(open_page, viewport):
    """As it is opened, and at a trainer: what is far is drawn when it comes near."""
    page = open_page(REPORT, viewport, locale="en-US")
    level_aa = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
    page.locator(".trainer").first.evaluate("e => e.scrollIntoView()")
    page.wait_for_selector(".trainer figcaption:not(:empty)")
    # English in light, Chinese in dark: a look takes half a minute
    for _ in islice(in_each_look(page), 0, None, 2):
        found = Axe().run(page, options=level_aa).response
        assert [
            (v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]
        ] == []
        assert "color-contrast" in [rule["id"] for rule in found["passes"]]


def test_the_first_picture_is_there_before_the_others_are_drawn(open_page):
    page = open_page(REPORT, WIDE)
    page.wait_for_function("document.querySelector('.story .chart')._fullData?.length")
    waiting = "[...document.querySelectorAll('.chart')].filter(c => !c._fullData)"
    assert page.evaluate(f"{waiting}.length") > 20


def test_the_language_is_the_browsers_and_then_the_one_chosen(open_page):
    page = open_page(REPORT, WIDE, locale="zh-CN")
    heading = page.locator("h1 :visible")
    assert heading.inner_text() == "手写深度学习"
    page.click("#language")
    assert heading.inner_text() == "Deep learning by hand"
    page.reload()
    assert heading.inner_text() == "Deep learning by hand"


PICTURE = "form => form.querySelector('canvas').toDataURL()"


def trainer_of(page, model):
    """Scroll to a model's trainer, and return it as soon as it is ready."""
    trainer = page.locator(f"[data-model={model}]")
    trainer.evaluate("e => e.scrollIntoView()")
    trainer.locator("figcaption:not(:empty)").wait_for()
    return trainer


def tab_to(page, name):
    """Press Tab until a control of this name has the focus."""
    for _ in range(20):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not come to {name}")


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_by_keyboard_the_page_trains_as_the_pipeline_and_its_regions_change(
    open_page, locale
):
    with (ROOT / "plots/history/mlp_xor_scratch.csv").open(encoding="utf-8") as file:
        history = list(csv.reader(file))[1:6]
    page = open_page(REPORT, WIDE, locale=locale)
    trainer = trainer_of(page, "mlp_xor_scratch")
    trainer.locator("[name=set]").focus()
    tab_to(page, "lr")
    page.keyboard.press("ArrowDown")  # from 0.03 to the book's rate
    assert trainer.locator("[name=lr]").input_value() == "0.1"
    tab_to(page, "one")
    pictures, rows = [trainer.evaluate(PICTURE)], []
    for epoch in range(5):
        page.keyboard.press("Enter")
        row = trainer.locator("tbody tr").nth(epoch)
        expect(row.locator("td").nth(1)).not_to_have_text("–")
        rows.append([float(n) for n in row.inner_text().split()[:4]])
        pictures.append(trainer.evaluate(PICTURE))
    assert rows == [approx([float(n) for n in row], abs=5e-6) for row in history]
    assert len(set(pictures)) == 6
    said = {"en-US": "After epoch 5: ", "zh-CN": "第 5 轮之后："}[locale]
    assert said in trainer.get_by_role("status").inner_text()


def test_by_keyboard_it_learns_points_of_a_plane_and_stops_and_shows_lines(open_page):
    page = open_page(REPORT, NARROW, locale="en-US")
    trainer = trainer_of(page, "mlp_xor_scratch")
    trainer.locator("[name=set]").focus()
    page.keyboard.press("ArrowDown")
    assert trainer.locator("[name=set]").input_value() == "xor"
    assert trainer.locator("[name=hidden]").input_value() == "4"
    tab_to(page, "train")
    page.keyboard.press("Space")
    expect(trainer.locator("[name=train]")).to_have_text("Pause")
    page.wait_for_timeout(500)
    page.keyboard.press("Space")
    expect(trainer.locator("[name=train]")).to_have_text("Train")
    epoch = trainer.locator(".epoch").inner_text()
    assert epoch != "epoch 0"
    tab_to(page, "lines")
    with_lines = trainer.evaluate(PICTURE)
    page.keyboard.press("Space")
    assert trainer.evaluate(PICTURE) != with_lines
    assert trainer.locator(".epoch").inner_text() == epoch
    trainer.locator("[name=again]").focus()
    page.keyboard.press("Enter")
    expect(trainer.locator(".epoch")).to_have_text("epoch 0")


def test_an_exercise_can_train_with_its_settings(open_page):
    page = open_page(REPORT, WIDE, locale="en-US")
    learnt = page.evaluate(
        """() => tryInTrainer("softmax_clusters_scratch", { set: "moons", lr: 0.3, shuffle: true })
            .then((history) => history.map((epoch) => epoch.test_acc))"""
    )
    assert len(learnt) == 100
    assert 0.8 < learnt[-1] < 0.95  # one line does not separate moons
    trainer = page.locator("[data-model=softmax_clusters_scratch]")
    assert trainer.locator("[name=lr]").input_value() == "0.3"
    refused = """(settings) => {
        try { tryInTrainer("softmax_clusters_scratch", settings); } catch (e) { return e.message; }
    }"""
    assert page.evaluate(refused, {"lr": 7}) == "lr offers no 7"
    message = "softmax_clusters_scratch has no control hidden"
    assert page.evaluate(refused, {"hidden": 4}) == message


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["390", "1440"])
def test_backpropagation_goes_step_by_step(open_page, viewport):
    page = open_page(REPORT, viewport, locale="en-US")
    said = page.locator(".steps [role=status]")

    def shown(kind):
        texts = """boxes => boxes.filter(box => box.checkVisibility({visibilityProperty: true}))
            .map(box => box.innerText)"""
        found = page.locator(f".node > .{kind}").evaluate_all(texts)
        return [text.split() for text in found]

    def computed():  # but for what is given, in inputs
        return [numbers for numbers in shown("value") if numbers]

    assert computed() == shown("gradient") == []
    page.get_by_role("button", name="Next step").click()
    assert computed() == [["0.500", "−0.200", "0.300", "0.400"]]
    page.locator("#graph-step").fill("13")
    assert len(computed()) == 12  # log-softmax is one of them
    assert shown("gradient") == [["1.000"]]
    assert "the gradient ḡ of loss is 1" in said.inner_text()
    expect(page.locator(".node.at")).to_be_in_viewport(ratio=1)
    bar, graph = (page.locator(s).bounding_box() for s in (".steps", ".stepper"))
    assert bar["y"] + bar["height"] <= graph["y"] + graph["height"]
    page.get_by_role("button", name="Previous step").click()
    assert shown("gradient") == []
    arrows = page.locator(".graph g path")
    folded = arrows.count()
    page.get_by_role("button", name="log-softmax").click()
    assert (
        arrows.count() == folded + 6
    )  # of which two leave the value that is used twice
    assert len(computed()) == 17


def test_a_readers_numbers_are_typed_and_their_gradients_read(open_page):
    page = open_page(REPORT, WIDE, locale="en-US")
    own = {"x": [[1.0, -1.5]], "W₁": [[2.0, 0.3], [-0.2, -0.4]], "b₁": [[0.1, -0.1]]}
    own |= {"W₂": [[0.7, -0.6], [-0.1, 0.8]], "b₂": [[0.0, 0.1]]}
    typed = {"x[1, 2]": "-1.5", "W₁[1, 1]": "2", "W₁[2, 2]": "-0.4"}
    for label, number in typed.items():
        page.get_by_label(label).press("Control+A")
        page.keyboard.type(number)
    page.locator("#graph-class").press("ArrowUp")  # the first class
    page.locator("#graph-step").press("End")
    tensors = [
        Tensor(torch.tensor(n).double(), requires_grad=True) for n in own.values()
    ]
    cross_entropy(forward(tensors[0], tensors[1:]), torch.tensor([0])).backward()
    for name, tensor in zip(own, tensors, strict=True):
        box = page.locator(".node", has=page.get_by_label(f"{name}[1, 1]"))
        shown = box.locator(".gradient").inner_text().replace("−", "-").split()
        assert [float(n) for n in shown] == approx(
            tensor.grad.flatten().tolist(), abs=6e-4
        )


def test_the_stepper_refuses_what_is_no_number_and_plays(open_page):
    page = open_page(REPORT, WIDE, locale="zh-CN")
    number, said = page.get_by_label("x[1, 2]"), page.locator("#graph-said")
    number.press("Control+A")
    number.press("Delete")
    assert said.inner_text() == "x[1, 2] 应是 −100 到 100 之间的数。计算图保留 2.0。"
    page.get_by_role("button", name="重来").first.press("Enter")
    assert number.input_value() == "2.0"
    page.clock.install()
    page.get_by_role("button", name="播放").press("Enter")
    page.clock.run_for(2600)
    assert said.inner_text() == "前向：v2 = x @ v1。"


def test_a_kernel_is_moved_and_changed_by_keyboard(open_page):
    page = open_page(REPORT, WIDE, locale="en-US")
    page.locator(".convolution").evaluate("e => e.scrollIntoView()")
    own = page.get_by_role("button", name="LeNet 1")
    expect(own).to_contain_text("largest")
    own.press("Enter")
    said = page.locator(".convolution [role=status]")
    assert "the sum of the 25 products" in said.inner_text()
    place = page.get_by_label("place of the kernel")
    place.press("Home")
    image = page.get_by_role("group", name="the image: arrow keys move the kernel")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        image.press(key)
    assert said.inner_text().startswith("Row 2, column 3:")
    number = page.get_by_label("kernel, row 1, column 1", exact=True)
    number.press("Control+A")
    number.press("Delete")
    assert "must be a number from −100 to 100" in said.inner_text()
    page.keyboard.type("2")
    assert page.locator("[name=preset]").input_value() == "own"
    assert "the sum of the 25 products" in said.inner_text()


def test_every_exercise_is_answered_by_keyboard(open_page):
    """A wrong answer is refused, the right one taken; the next visit knows it."""
    page = open_page(REPORT, WIDE, script=WITHOUT_CHARTS, locale="en-US")
    exercises = json.loads(page.locator("#exercises").text_content())
    assert len(exercises) == 27
    for number, exercise in exercises.items():
        form = page.locator(f"[data-exercise='{number}']")
        if number.endswith(".1"):
            form.locator("input").first.focus()
        else:
            tab_until(page, f"[data-exercise='{number}'] :is(input, textarea)")
        said, solved = form.locator("[role=status]"), form.locator(".solved")
        right = exercise.get("answer") or form.locator("details pre").text_content()
        first = exercise["kind"] in ("choice", "fault") and right == 1
        answer_by_keyboard(page, exercise["kind"], 2 if first else 1, 0)
        assert said.inner_text() not in ("", "Right.")
        assert not solved.is_visible()
        answer_by_keyboard(page, exercise["kind"], right, 2 if first else 1)
        assert said.inner_text() == "Right."
        assert solved.is_visible()
    tab_until(page, "summary")
    page.keyboard.press("Enter")
    assert page.locator("details[open] :visible").count() > 1
    assert page.locator("nav [data-solved=mlp]").inner_text() == "3 of 3"
    assert page.locator(".progress span :visible").inner_text() == "27 of 27 exercises"
    page.click("#language")
    assert said.inner_text() == "正确。"
    assert not re.search("[a-z]{4} [a-z]{2}", form.inner_text())
    page.reload()
    assert page.locator(".solved:visible").count() == 27
    page.locator(".progress button").press("Enter")
    assert page.locator(".solved:visible").count() == 0


def tab_until(page, selector):
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"no way to {selector}")


def answer_by_keyboard(page, kind, answer, chosen):
    """Answer the exercise in focus; of choices, this one is chosen (0: none)."""
    if kind in ("number", "code"):
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(str(answer))
        if kind == "code":
            page.keyboard.press("Tab")
    elif chosen:
        for _ in range(abs(answer - chosen)):
            page.keyboard.press("ArrowDown" if answer > chosen else "ArrowUp")
    else:
        page.keyboard.press("Space")
        for _ in range(1, answer):
            page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    if kind == "code":
        page.keyboard.press("Shift+Tab")


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["390", "1440"])
@pytest.mark.parametrize("command", [["show"], ["diff", "HEAD"]], ids=" ".join)
def test_dvcs_plots_draw_without_network_and_fit_the_screen(
    open_page, viewport, command, tmp_path
):
    run(ROOT, "dvc", "plots", *command, "--out", str(tmp_path), "--quiet")
    page = open_page(tmp_path / "index.html", viewport)
    page.wait_for_selector(".vega-embed svg")
    page.wait_for_timeout(2000)
    marks = page.evaluate(
        """() => [...document.querySelectorAll('.vega-embed')].map(chart =>
            chart.querySelectorAll('.mark-line path, .mark-rect path, .mark-symbol path').length)"""
    )
    assert len(marks) >= 3
    assert min(marks) > 0
    too_far = page.evaluate(
        """() => [...document.querySelectorAll('.vega-embed svg, img')].filter(
            e => e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML)"""
    )
    assert too_far == []
