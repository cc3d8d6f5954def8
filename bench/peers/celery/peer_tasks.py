"""The application of the Celery peer: settings, and the task that gives back its argument."""

import os

from celery import Celery

app = Celery("peer_tasks", broker=os.environ["PEER_BROKER_URI"], backend="rpc://")
app.conf.update(
    task_serializer="json",
    result_serializer="json",
    accept_content=["json"],
    # Acknowledged when the task is done and its result is sent.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    result_persistent=True,
    # Each message is confirmed by the broker before the next one goes: Celery knows no other way.
    broker_transport_options={
        "confirm_publish": os.environ.get("PEER_CONFIRMS", "on") == "on"
    },
    worker_prefetch_multiplier=64,
    worker_send_task_events=False,
)


@app.task(name="peer.echo")
def echo(value):
    return value
