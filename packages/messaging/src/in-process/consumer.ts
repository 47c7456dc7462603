/** One consumer of one queue of the in-process broker. */
import type { Consumer, Delivery, Failure } from '../broker.ts'
import { type Holder, LocalDelivery } from './delivery.ts'
import type { Entry } from './entry.ts'
import type { Parking } from './parking.ts'

/** The queue, as its consumers see it. */
export interface Source {
  /** The entry is done, or waits in the retry store for its next attempt. */
  settled(entry: Entry): void
  /** There is room for deliveries again. */
  ready(): void
  stopped(consumer: LocalConsumer): Promise<void>
  caughtUp(): boolean
}

export interface LocalConsumerOptions {
  readonly source: Source
  readonly parking: Parking
  readonly prefetch: number
  readonly handle: (delivery: Delivery) => void
}

export class LocalConsumer implements Consumer, Holder {
  readonly #options: LocalConsumerOptions
  readonly #unsettled = new Set<LocalDelivery>()

  constructor(options: LocalConsumerOptions) {
    this.#options = options
  }

  hasRoom(): boolean {
    return this.#unsettled.size < this.#options.prefetch
  }

  /** Hands an entry to the handler. A handler that throws crashes the process: it is a bug that nobody here can mend. */
  deliver(entry: Entry): void {
    const delivery = new LocalDelivery(entry, this)
    this.#unsettled.add(delivery)
    this.#options.handle(delivery)
  }

  acknowledged(delivery: LocalDelivery): void {
    this.#unsettled.delete(delivery)
    this.#options.source.settled(delivery.entry)
    this.#options.source.ready()
  }

  /** It holds its place until the retry store has it, or until this participant leaves. */
  failed(delivery: LocalDelivery, { error, delayMs }: Failure): void {
    const { source, parking } = this.#options
    const { message, attempts } = delivery.entry
    const parked = parking.add({ message, attempts: attempts + 1, delayMs, error: error.message })
    const done = () => {
      if (!this.#unsettled.delete(delivery)) return
      source.settled(delivery.entry)
      source.ready()
    }
    parked.then(done, () => undefined) // it was not stored because we left: the entry has been taken from us already
  }

  caughtUp(): boolean {
    return this.#options.source.caughtUp()
  }

  stop(): Promise<void> {
    return this.#options.source.stopped(this)
  }

  unsettled(): Entry[] {
    return Array.from(this.#unsettled, ({ entry }) => entry)
  }

  /** Takes everything unsettled from the consumer, in the order of delivery. */
  abandon(): Entry[] {
    const entries = this.unsettled()
    for (const delivery of this.#unsettled) delivery.void()
    this.#unsettled.clear()
    return entries
  }
}
