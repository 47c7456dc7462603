/** The repair of retry queues that forward nothing after a node has returned, as an operator does it. */
import type { RabbitMqNode } from '@quadrille/testing'

/**
 * Erlang, to run on the node. Each leader with this strategy has a worker on its node, which forwards what has expired. While a node
 * boots, RabbitMQ may fail to start it. A leader that can't be moved now stays. All are moved at once, because each may take 5 s
 * until it is found to be impossible.
 */
const moveLeaders = `
  HasWorker = fun(Queue) ->
    rabbit_misc:table_lookup(amqqueue:get_arguments(Queue), <<"x-dead-letter-strategy">>) =:= {longstr, <<"at-least-once">>} end,
  Led = [Queue || Queue <- rabbit_amqqueue:list(), HasWorker(Queue), [{_, Leader}] <- [rabbit_amqqueue:info(Queue, [leader])],
                  Leader =:= node()],
  Workers = try supervisor:which_children(rabbit_fifo_dlx_sup) catch _:_ -> [] end,
  case {length(Workers) < length(Led), nodes()} of
    {true, [Other | _]} ->
      Moves = [rpc:async_call(node(), rabbit_quorum_queue, transfer_leadership, [Queue, Other]) || Queue <- Led],
      length([Node || {migrated, Node} <- [rpc:yield(Move) || Move <- Moves]]);
    _ -> 0
  end.`

/**
 * Moves the leaders of the node to another one if a worker is missing (docs/rabbitmq-problems.md, "A retry that does not come
 * back"). Returns the number of moved leaders. RabbitMQ 3.10 has this bug; its log names rabbit_fifo_dlx:start_worker.
 */
export const forwardRetries = async (node: Pick<RabbitMqNode, 'ctl'>): Promise<number> =>
  Number(/\d+/.exec(await node.ctl('eval', moveLeaders))?.[0])
