"""Tasks that the tests send, and a way to send them: `python tasks.py add*3,priority=6,queue=slow fails*1`."""
import os
import sys
import time

from celery import Celery

app = Celery("tasks", broker=os.environ["BROKER"])
app.conf.task_send_sent_event = True
app.conf.worker_prefetch_multiplier = 1
app.conf.broker_transport_options = {
    "queue_order_strategy": "priority",
    "global_keyprefix": os.environ.get("PREFIX", ""),
}


@app.task
def add(wait=0.0):
    time.sleep(wait)


@app.task(bind=True, max_retries=1)
def again(self):
    raise self.retry(countdown=0, exc=ValueError("not yet"))


@app.task
def fails():
    raise KeyError("broken 'thing'")


def send(wish):
    what, *options = wish.split(",")
    name, count = what.split("*")
    options = dict(option.split("=") for option in options)
    arguments = (float(options.pop("wait", 0)),) if name == "add" else ()
    options = {name: value if name == "queue" else int(value) for name, value in options.items()}
    for _ in range(int(count)):
        app.tasks[f"tasks.{name}"].apply_async(arguments, **options)


if __name__ == "__main__":
    for wish in sys.argv[1:]:
        send(wish)
