/** One queue of the in-process broker: a bounded buffer before its consumers, and a backlog for the rest. */
import { Fifo } from '@quadrille/async'
import { maxBodyBytes } from '@quadrille/messages'
import type { QueueDepth } from '../broker.ts'
import { Backlog, type BacklogOptions } from './backlog.ts'
import { CaughtUp } from './caught-up.ts'
import { InProcessConsumer, type InProcessConsumerOptions, type Source } from './consumer.ts'
import type { Entry } from './entry.ts'
import type { QueueStorage } from './queue-storage.ts'

export interface QueueOptions extends Pick<BacklogOptions, 'leaseMs' | 'backoff' | 'onError'> {
  /** The interval between polls of the retry store until the queue has caught up, and while it has no room, ms. */
  readonly pollMs: number
  readonly name: string
  readonly bufferSize: number
  /** See CaughtUp. */
  readonly drained: () => boolean
}

/**
 * The longest interval between polls of the retry store by a queue that has caught up, ms. An entry is found when it is due. The
 * limit is for changes that an operator makes in the table.
 */
const idlePollMs = 30_000

/** The maximum size of all message bodies in the buffer of a queue, bytes. */
const maxBufferBytes = 32 * 1024 * 1024

const sizeOf = ({ message }: Entry): number => message.body.byteLength

export class Queue implements Source {
  readonly name: string
  readonly #bufferSize: number
  readonly #buffer = new Fifo<Entry>()
  #bufferedBytes = 0
  readonly #backlog: Backlog
  readonly #caughtUp: CaughtUp
  #consumers: readonly InProcessConsumer[] = []
  #turn = 0
  #dispatching = false

  constructor({ name, bufferSize, drained, pollMs, ...options }: QueueOptions) {
    this.name = name
    this.#bufferSize = bufferSize
    this.#caughtUp = new CaughtUp(drained)
    this.#backlog = new Backlog({
      ...options,
      queue: name,
      everyMs: () => (this.caughtUp() ? idlePollMs : pollMs),
      blockedMs: pollMs,
      room: () => this.#room(),
      pollBegins: (complete) => this.#caughtUp.pollBegins(complete),
      due: (entries, all) => this.#due(entries, all),
    })
  }

  /** An instance of the owning service has joined. Its store may be used from now on. */
  addStorage(storage: QueueStorage): void {
    this.#backlog.addStorage(storage)
  }

  /**
   * An instance leaves. The entries of its consumers go to other consumers. Without others, the backlog stores them, or
   * leaves them unconfirmed if no instance is left. The last instance releases those of the retry store.
   */
  async removeStorage(storage: QueueStorage, consumers: readonly InProcessConsumer[]): Promise<void> {
    this.#backlog.removeStorage(storage)
    for (const consumer of consumers) {
      const entries = consumer.abandon()
      for (const entry of entries) entry.crashes += 1
      this.#buffer.unshift(entries)
      for (const entry of entries) this.#bufferedBytes += sizeOf(entry)
      this.#drop(consumer)
    }
    await Promise.all([storage.close(), this.isConsumed() || this.#backlog.stop()])
    await this.#backlog.release(storage)
  }

  consume(options: Omit<InProcessConsumerOptions, 'source'>): InProcessConsumer {
    const consumer = new InProcessConsumer({ ...options, source: this })
    this.#consumers = [...this.#consumers, consumer]
    this.#backlog.start()
    this.ready()
    return consumer
  }

  isConsumed(): boolean {
    return this.#consumers.length > 0
  }

  /** Accepts a published entry: into the buffer if there is room, otherwise into the backlog. */
  accept(entry: Entry): void {
    if (this.isConsumed() && this.#fits(entry)) {
      this.#push(entry)
      this.ready()
    } else this.#backlog.put(entry)
  }

  settled(entry: Entry): void {
    this.#caughtUp.gone(entry)
    if (entry.origin.kind === 'published') entry.origin.publication.settled()
    else this.#backlog.remove(entry.origin.key)
  }

  replaced(entry: Entry): void {
    this.#caughtUp.gone(entry)
    if (entry.origin.kind === 'published') entry.origin.publication.settled()
    else this.#backlog.replaced(entry.origin.key)
  }

  dueIn(ms: number): void {
    this.#backlog.dueIn(ms)
  }

  /** Deliveries run in a later turn of the event loop, never in the stack of a publish or an acknowledgement. */
  ready(): void {
    if (this.#dispatching) return
    this.#dispatching = true
    setImmediate(() => this.#dispatch())
  }

  async stopped(consumer: InProcessConsumer): Promise<void> {
    this.#drop(consumer)
    if (!this.isConsumed()) await this.#backlog.stop()
  }

  caughtUp(): boolean {
    return this.#caughtUp.done()
  }

  async depth(consumer: InProcessConsumer): Promise<QueueDepth | null> {
    const stored = await this.#backlog.waiting()
    if (!this.#consumers.includes(consumer)) return null
    return { messages: this.#buffer.length + stored, consumers: this.#consumers.length }
  }

  #dispatch(): void {
    this.#dispatching = false
    while (this.#buffer.length > 0) {
      const consumer = this.#nextWithRoom()
      const entry = consumer && this.#buffer.shift()
      if (!entry) break
      this.#bufferedBytes -= sizeOf(entry)
      consumer.deliver(entry)
    }
    if (this.#buffer.length * 2 <= this.#bufferSize) this.#backlog.roomAvailable()
  }

  #push(entry: Entry): void {
    this.#buffer.push(entry)
    this.#bufferedBytes += sizeOf(entry)
  }

  /** While older entries wait in the backlog, half of the buffer is theirs: otherwise new ones could take each place. */
  #fits(entry: Entry): boolean {
    const share = this.#backlog.mayHaveMore() ? 0.5 : 1
    return (
      this.#buffer.length < this.#bufferSize * share && this.#bufferedBytes + sizeOf(entry) <= maxBufferBytes * share
    )
  }

  /** How many entries of the backlog fit into the buffer, if each has a body of the maximum size. */
  #room(): number {
    const fitting = Math.floor((maxBufferBytes - this.#bufferedBytes) / maxBodyBytes)
    return Math.max(0, Math.min(this.#bufferSize - this.#buffer.length, fitting))
  }

  /** Competing consumers take turns, if they have room. */
  #nextWithRoom(): InProcessConsumer | undefined {
    for (let tries = 0; tries < this.#consumers.length; tries += 1) {
      this.#turn = (this.#turn + 1) % this.#consumers.length
      const consumer = this.#consumers[this.#turn]
      if (consumer?.hasRoom()) return consumer
    }
    return undefined
  }

  #due(entries: readonly Entry[], all: boolean): void {
    for (const entry of entries) this.#push(entry)
    if (all)
      this.#caughtUp.pollFoundAll([...this.#buffer, ...this.#consumers.flatMap((consumer) => consumer.unsettled())])
    this.ready()
  }

  /** The buffer of a queue without consumers is emptied. */
  #drop(consumer: InProcessConsumer): void {
    this.#consumers = this.#consumers.filter((other) => other !== consumer)
    this.ready()
    if (this.isConsumed()) return
    this.#bufferedBytes = 0
    for (const entry of this.#buffer.drain()) {
      this.#caughtUp.gone(entry)
      this.#backlog.put(entry)
    }
  }
}
