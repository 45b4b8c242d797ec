# The commands of the README. Each makes .venv first if it is missing or its lock changed.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: repro seeds sweep results compare new test test-data stress bench bench-peers pictures space audit lint lock

repro: .venv/installed  ## run the pipeline: what changed, and what depends on it
	dvc repro
	@echo
	@echo "The results are on one page, report/index.html. In the terminal: make results."

seeds: .venv/installed  ## the studies: every model from many seeds, and more; then repro
	dvc repro studies/dvc.yaml

MODEL = mlp_fashion_scratch
SEARCH = lr=0.01..1 hidden=32..512
sweep: .venv/sweep-installed  ## after repro: search for settings of MODEL
	python -m tools sweep $(MODEL) $(SEARCH)

results: .venv/installed  ## after repro: the book's figures beside ours
	python -m tools results

compare: .venv/installed  ## DVC's experiments on a page, report/experiments.html
	python -m tools compare
	@echo "Now open report/experiments.html."

new: .venv/installed  ## a project of your own: make new DIR=../mine
	python -m tools new "$(DIR)"

test: .venv/installed   ## run the tests
	pytest --numprocesses auto --dist loadfile

test-data: .venv/installed  ## after repro: the tests of the real data alone
	pytest --numprocesses auto --dist loadfile -k real_data

stress: .venv/installed  ## after repro: faults, interruptions, experiments in parallel
	pytest tests/stress_*.py

bench: .venv/installed  ## after repro: how fast all this is, against what others write
	python -m benchmarks

bench-peers: .venv/installed .venv-peers/installed  ## the training again, JAX and Keras beside it
	python -m benchmarks training

pictures: .venv/installed  ## after repro: the README's pictures of the report
	python -m docs.take_pictures

space: .venv-space/installed  ## after repro: the Space of chapter 9, in a browser here
	GRADIO_ANALYTICS_ENABLED=False HF_HUB_OFFLINE=1 no_proxy='*' .venv-space/bin/python hub/space/app.py

# Gradio needs an older pillow than ours, so it has a venv of its own on top of the other
.venv-space/installed: .venv/installed byhand/huggingface/app/requirements.txt
	.venv/bin/python -m venv --clear .venv-space
	echo "$(CURDIR)/$$(echo .venv/lib/python*/site-packages)" \
		> "$$(echo .venv-space/lib/python*/site-packages)/ours.pth"
	.venv/bin/uv pip install --quiet --python .venv-space/bin/python \
		$$(grep gradio byhand/huggingface/app/requirements.txt)
	touch $@

.venv/sweep-installed: .venv/installed requirements/sweep.txt
	.venv/bin/uv pip install --quiet --python .venv/bin/python \
		--constraint requirements.txt --requirement requirements/sweep.txt
	touch $@

# JAX and Keras stay out of the lock: only these rows of the benchmark run them
.venv-peers/installed: .venv/installed benchmarks/peers/requirements.txt
	.venv/bin/python -m venv --clear .venv-peers
	.venv/bin/uv pip install --quiet --python .venv-peers/bin/python \
		--requirement benchmarks/peers/requirements.txt
	touch $@

lint: .venv/installed   ## check style and formatting
	ruff check .
	ruff format --check .

lock: .venv/installed   ## write requirements.txt from requirements/*.in
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url requirements/*.in --output-file requirements.txt

audit: .venv/installed  ## look for known vulnerabilities in what is installed
	uv tool run pip-audit@2.10.1 --strict --disable-pip --require-hashes \
		--requirement requirements.txt

.venv/installed: requirements.txt .dvc/plots/make_page.py .dvc/plots/page.html
	@$(PYTHON) -c 'import sys; v = sys.version.split()[0]; \
		sys.exit(sys.version_info < (3, 11) and f"Python 3.11 or later is needed, {sys.executable} is {v}")'
	@echo "Installing into .venv: 7 GB, a minute or two once they are downloaded."
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	.venv/bin/uv pip install --python .venv/bin/python --compile-bytecode --require-hashes \
		--requirement requirements.txt
	.venv/bin/python .dvc/plots/make_page.py .venv/plots.html
	.venv/bin/dvc config --local plots.html_template ../.venv/plots.html
	touch $@
