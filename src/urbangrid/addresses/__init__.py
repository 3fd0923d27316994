"""Where things stand by name: house numbers, buildings, landmarks, water and parks. Docs: docs/topics/addresses.md."""
