#!/usr/bin/env python3
"""Counts each customer's fulfilled orders: a consumer of Quadrille's events in Python, without any of Quadrille's code.

Usage: AMQP_URL=amqp://127.0.0.1 DATABASE=order_counts.sqlite python3 order_counts.py
Needs Python 3.9 or later and pika 1.2 or later (Debian: python3-pika).
"""
import json
import os
import signal
import sqlite3

import pika

QUEUE = "order-counts.inbox"
SCHEMA = """
create table if not exists inbox (message_id text primary key, received_at text not null default current_timestamp);
create table if not exists customer (id text primary key, fulfilled integer not null);
create table if not exists parked (message_id text, reason text not null, body blob not null);
"""


def order_fulfilled(database, event):
    customer_id = event["data"]["customer"]["id"]
    database.execute(
        "insert into customer values (?, 1) on conflict (id) do update set fulfilled = fulfilled + 1", (customer_id,)
    )


# Each type of event with the newest version of it that this program can read. It ignores every other type.
HANDLERS = {"OrderFulfilled": (order_fulfilled, 2)}
# Errors that no retry mends: no JSON, fields that are missing, values that SQLite can't store.
UNREADABLE = (ValueError, KeyError, TypeError, OverflowError, RecursionError)
UNREADABLE += (sqlite3.InterfaceError, sqlite3.ProgrammingError)


def handle(database, message_id, body):
    """Handles a message at most once: the inbox row and the effect are in one transaction."""
    with database:  # commits, or rolls back on an error
        if database.execute("insert or ignore into inbox (message_id) values (?)", (message_id,)).rowcount == 0:
            return  # a redelivery, or the same event published again
        try:
            event = json.loads(body)
            handler, newest = HANDLERS.get(event["type"], (None, 0))
            if handler is None:
                return
            if event.get("schemaversion", 1) > newest:
                raise ValueError(f"version {event['schemaversion']} of {event['type']} is newer than {newest}")
            handler(database, event)
        except UNREADABLE as error:
            database.execute("insert into parked values (?, ?, ?)", (message_id, repr(error), body))


def main():
    database = sqlite3.connect(os.environ.get("DATABASE", "order_counts.sqlite"))
    database.executescript(SCHEMA)
    connection = pika.BlockingConnection(pika.URLParameters(os.environ.get("AMQP_URL", "amqp://127.0.0.1")))
    channel = connection.channel()
    channel.exchange_declare("order.events", passive=True)  # the shop declares it; this only checks that it exists
    limits = {"x-max-length": 100_000, "x-max-length-bytes": 2**30}
    limits["x-delivery-limit"] = 2**31 - 1  # each restart counts: RabbitMQ 4 would drop a message after 20
    channel.queue_declare(QUEUE, durable=True, arguments={"x-queue-type": "quorum", **limits})
    channel.queue_bind(QUEUE, "order.events")
    channel.basic_qos(prefetch_count=50)

    def on_message(_channel, method, properties, body):
        handle(database, properties.message_id, body)
        channel.basic_ack(method.delivery_tag)  # after the commit: a crash in between is a redelivery, not a loss

    channel.basic_consume(QUEUE, on_message)
    signal.signal(signal.SIGTERM, lambda *_: channel.stop_consuming())
    print(f"consuming {QUEUE}", flush=True)
    channel.start_consuming()
    connection.close()


if __name__ == "__main__":
    main()
