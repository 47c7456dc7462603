/** The messages that RabbitMQ still holds after a run, for the evidence of a failed one. */
import type { RabbitMqNode } from '@quadrille/testing'

/** Erlang, because `rabbitmqctl list_queues` does not know the item `messages_dlx`. */
const nonEmptyQueues = `
  Counts = fun(Queue) -> rabbit_amqqueue:info(Queue, [messages_ready, messages_unacknowledged, messages_dlx, leader]) end,
  [lists:flatten(io_lib:format("~ts: ~b ready, ~b unacknowledged, ~b expired but not forwarded; leader ~ts",
     [element(4, amqqueue:get_name(Queue)), Ready, Unacknowledged, Expired, Leader]))
   || Queue <- rabbit_amqqueue:list(),
      [{_, Ready}, {_, Unacknowledged}, {_, Expired}, {_, Leader}] <- [Counts(Queue)],
      is_integer(Expired), Ready + Unacknowledged + Expired > 0].`

/**
 * One line for each quorum queue that is not empty. An expired message of a retry queue that RabbitMQ has not returned to its
 * queue is neither ready nor unacknowledged, so that it looks like a lost message.
 */
export const heldMessages = async (node: Pick<RabbitMqNode, 'ctl'>): Promise<string[]> =>
  [...(await node.ctl('eval', nonEmptyQueues)).matchAll(/[\w.-]+: \d+ ready, [^"\\]+/g)].map(([line]) => line.trim())
