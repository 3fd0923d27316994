"""The organisational models as data; ``organizations.installing`` reads them."""
