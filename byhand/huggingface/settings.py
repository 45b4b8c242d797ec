"""What hub/ asks of params.yaml."""

from byhand.pipeline.errors import UserError
from byhand.pipeline.params import Section

# a model's folder in hub/ lies beside them
OTHERS = {"fashion_mnist", "samples", "space"}


def check(params: Section) -> None:
    """Refuse a model whose folder in hub/ would be another's."""
    for name in sorted(OTHERS & params.models.keys()):
        raise UserError(
            f"params.yaml: models.{name} needs another name, hub/{name} is no model's"
        )
