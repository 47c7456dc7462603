/** The routing table: the exchanges and bindings of all services that have joined. */
import type { Address } from '../message.ts'
import type { ServiceTopology } from '../topology.ts'
import type { Queue } from './queue.ts'

interface Binding {
  readonly queue: Queue
  /** Undefined: all. */
  readonly types: readonly string[] | undefined
}

/** A fanout exchange. */
interface Fanout {
  readonly bindings: readonly Binding[]
  /** All queues that are bound to it. */
  readonly queues: readonly Queue[]
  /** Those that get the messages of a type, for each type that some of them list. */
  readonly byType: ReadonlyMap<string, readonly Queue[]>
}

export class Routes {
  readonly #fanouts = new Map<string, Fanout>()
  readonly #directs = new Map<string, ReadonlyMap<string, readonly Queue[]>>()
  readonly #queues = new Map<string, Queue>()

  /**
   * Adds a service's queues and their bindings. Those of another instance stay unchanged. `makeQueue` gets the exchanges whose
   * publishers must run.
   */
  add({ direct, queues }: ServiceTopology, makeQueue: (name: string, awaited: readonly string[]) => Queue): Queue[] {
    return queues.map(({ name, exchanges, optionalExchanges = [], types }) => {
      const known = this.#queues.get(name)
      if (known) return known
      const awaited = exchanges.filter((exchange) => !optionalExchanges.includes(exchange))
      const queue = makeQueue(name, exchanges.length > 0 ? awaited : [direct])
      this.#queues.set(name, queue)
      this.#directs.set(direct, new Map(this.#directs.get(direct)).set(name, [queue]))
      for (const exchange of exchanges)
        this.#fanouts.set(exchange, fanoutOf([...(this.#fanouts.get(exchange)?.bindings ?? []), { queue, types }]))
      return queue
    })
  }

  /** A message of a type that no bound queue lists goes to all of them: their consumers park it, or ignore it. */
  find({ exchange, routingKey }: Address, type: string): readonly Queue[] {
    const fanout = this.#fanouts.get(exchange)
    if (fanout) return fanout.byType.get(type) ?? fanout.queues
    return this.#directs.get(exchange)?.get(routingKey) ?? []
  }

  queue(name: string): Queue | undefined {
    return this.#queues.get(name)
  }
}

const fanoutOf = (bindings: readonly Binding[]): Fanout => {
  const listed = new Set(bindings.flatMap(({ types = [] }) => types))
  const queuesOf = (type: string) =>
    bindings.filter(({ types }) => types?.includes(type) ?? true).map(({ queue }) => queue)
  return {
    bindings,
    queues: bindings.map(({ queue }) => queue),
    byType: new Map([...listed].map((type) => [type, queuesOf(type)])),
  }
}
