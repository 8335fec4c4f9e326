"""Jobs of RQ that the tests send: `python work.py default/fails*2 …`, and what RQ counts: `python work.py count`."""
import json
import os
import sys

from redis import Redis
from rq import Queue, Worker
from rq.registry import FailedJobRegistry, FinishedJobRegistry, ScheduledJobRegistry, StartedJobRegistry


def fine():
    return 1


def fails():
    raise KeyError("broken")


if __name__ == "__main__":
    redis = Redis.from_url(os.environ["BROKER"])
    if sys.argv[1] == "count":
        counts = {}
        for queue in Queue.all(connection=redis):
            registries = {
                "started": StartedJobRegistry,
                "finished": FinishedJobRegistry,
                "failed": FailedJobRegistry,
                "scheduled": ScheduledJobRegistry,
            }
            counts[queue.name] = {"queued": len(queue)}
            for status, registry in registries.items():
                counts[queue.name][status] = registry(queue=queue).get_job_count(cleanup=False)
        workers = [worker.successful_job_count for worker in Worker.all(connection=redis)]
        print(json.dumps({"jobs": counts, "workers": workers}))
    else:
        for wish in sys.argv[1:]:
            what, count = wish.split("*")
            queue, function = what.split("/")
            for _ in range(int(count)):
                Queue(queue, connection=redis).enqueue(f"work.{function}")
