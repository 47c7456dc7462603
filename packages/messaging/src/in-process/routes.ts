/** The routing table: the exchanges and bindings of all services that have joined. */
import type { Address } from '../message.ts'
import type { ServiceTopology } from '../topology.ts'
import type { Queue } from './queue.ts'

const nowhere: readonly Queue[] = []

export class Routes {
  readonly #fanouts = new Map<string, readonly Queue[]>()
  readonly #directs = new Map<string, ReadonlyMap<string, readonly Queue[]>>()
  readonly #queues = new Map<string, Queue>()

  /**
   * Adds a service's queues and their bindings. Those of another instance stay unchanged. `makeQueue` gets the exchanges whose
   * publishers must run.
   */
  add({ direct, queues }: ServiceTopology, makeQueue: (name: string, awaited: readonly string[]) => Queue): Queue[] {
    return queues.map(({ name, exchanges, optionalExchanges = [] }) => {
      const known = this.#queues.get(name)
      if (known) return known
      const awaited = exchanges.filter((exchange) => !optionalExchanges.includes(exchange))
      const queue = makeQueue(name, exchanges.length > 0 ? awaited : [direct])
      this.#queues.set(name, queue)
      this.#directs.set(direct, new Map(this.#directs.get(direct)).set(name, [queue]))
      for (const exchange of exchanges)
        this.#fanouts.set(exchange, [...(this.#fanouts.get(exchange) ?? nowhere), queue])
      return queue
    })
  }

  find({ exchange, routingKey }: Address): readonly Queue[] {
    return this.#fanouts.get(exchange) ?? this.#directs.get(exchange)?.get(routingKey) ?? nowhere
  }

  queue(name: string): Queue | undefined {
    return this.#queues.get(name)
  }
}
