"""Cities under every model for the stories of this folder."""

from tests.support.model_city import at, model_city

__all__ = ["at", "model_city"]
