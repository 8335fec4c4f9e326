"""A small shop whose faults are the corpus: Django, REST framework, Celery, FastAPI and plain Python."""
