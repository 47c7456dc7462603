/** The publisher of a participant on the in-process broker. */

import {
  type OutboxAsQueue,
  type Publisher,
  type PublishOptions,
  Unconfirmed,
  Unroutable,
  Unsendable,
} from '../broker.ts'
import type { Address, WireMessage } from '../message.ts'
import { Publication } from './publication.ts'
import type { Queue } from './queue.ts'

export interface InProcessPublisherOptions {
  /** The direct exchange of its own service. */
  readonly direct: string
  /** True for the addresses to which its service publishes. */
  readonly mayPublishTo: (to: Address) => boolean
  readonly route: (to: Address, type: string) => readonly Queue[]
  /** Null, or the reason why nothing can be published now. Called for each message. */
  readonly waitingFor: () => string | null
}

export class InProcessPublisher implements Publisher {
  readonly outboxAsQueue: OutboxAsQueue = {
    drained: () => {
      this.#hasDrained = true
    },
  }
  readonly #options: InProcessPublisherOptions
  readonly #unconfirmed = new Set<Publication>()
  #hasDrained = false
  #hasLeft = false

  constructor(options: InProcessPublisherOptions) {
    this.#options = options
  }

  publish(to: Address, message: WireMessage, options: PublishOptions = {}): Promise<void> {
    const reason = this.waitingFor()
    if (reason !== null) return Promise.reject(new Unconfirmed(reason))
    const { mayPublishTo, route } = this.#options
    if (!mayPublishTo(to)) return Promise.reject(new Unsendable(`this service does not publish to ${nameOf(to)}`))
    const queues = route(to, message.type)
    // A queue may be bound to the exchange later.
    if (queues.length === 0) return Promise.reject(new Unroutable(`no queue is bound to ${nameOf(to)}`))
    const publication = new Publication(queues.length, () => this.#unconfirmed.delete(publication))
    this.#unconfirmed.add(publication)
    const exchange = (to.exchange === this.#options.direct ? options.exchange : undefined) ?? to.exchange
    const { crashes = 0, decoded } = options
    const origin = { kind: 'published', publication } as const
    const entry = { message, exchange, decoded, attempts: 0, firstFailedAt: null, origin }
    for (const queue of queues) queue.accept({ ...entry, crashes }) // each queue continues its own count
    return publication.confirmed
  }

  waitingFor(): string | null {
    return this.#hasLeft ? 'this service has left the broker' : this.#options.waitingFor()
  }

  hasDrained(): boolean {
    return this.#hasDrained
  }

  leave(): void {
    this.#hasLeft = true
    for (const publication of this.#unconfirmed) publication.failed('the publisher left the broker')
  }
}

const nameOf = ({ exchange, routingKey }: Address): string => `${exchange} ${routingKey}`.trimEnd()
