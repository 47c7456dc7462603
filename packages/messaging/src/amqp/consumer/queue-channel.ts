/** The channel of one consumer. It ends with its connection. Its deliveries are then invalid. */
import type { Channel, ConsumeMessage } from 'amqplib'
import { Acknowledger } from './acknowledger.ts'

/** The settlement of one delivery on its channel. */
export interface Settling {
  /** True if the channel has closed. */
  isLost(): boolean
  ack(): void
  /** Acknowledges it when `copy` resolves to true. The signal aborts when the channel closes. */
  ackWhenSafe(copy: (signal: AbortSignal) => Promise<boolean>): void
}

export type Handle = (delivered: ConsumeMessage, settling: Settling) => void

export class QueueChannel {
  readonly #handle: Handle
  readonly #acknowledger: Acknowledger
  readonly #closed = new AbortController()
  #delivered = 0
  #unsettled = 0
  #stopped = false

  constructor(channel: Channel, handle: Handle) {
    this.#handle = handle
    this.#acknowledger = new Acknowledger(channel)
    channel.on('close', () => this.#closed.abort())
  }

  /** The number of deliveries so far. */
  delivered(): number {
    return this.#delivered
  }

  unsettled(): number {
    return this.#unsettled
  }

  /** All deliveries up to this tag are settled. */
  finishedUpTo(): number {
    return this.#acknowledger.finishedUpTo()
  }

  /** Later deliveries are returned to the queue. */
  stop(): void {
    this.#stopped = true
  }

  deliver(delivered: ConsumeMessage): void {
    this.#delivered += 1
    const { deliveryTag } = delivered.fields
    if (this.#stopped) this.#acknowledger.requeue(deliveryTag)
    else {
      this.#acknowledger.begin(deliveryTag)
      this.#begin(delivered)
    }
  }

  #begin(delivered: ConsumeMessage): void {
    this.#unsettled += 1
    const isLost = () => this.#closed.signal.aborted
    const ack = () => this.#acknowledge(delivered)
    const ackWhenSafe: Settling['ackWhenSafe'] = (copy) => {
      copy(this.#closed.signal).then((isSafe) => isSafe && ack(), crash)
    }
    try {
      this.#handle(delivered, { isLost, ack, ackWhenSafe })
    } catch (error) {
      crash(error)
    }
  }

  #acknowledge(delivered: ConsumeMessage): void {
    if (this.#closed.signal.aborted) return
    this.#unsettled -= 1
    this.#acknowledger.finish(delivered.fields.deliveryTag)
  }
}

/**
 * A handler that throws is a bug, and ends the process. In amqplib's stack the error would look like a broken channel,
 * and the message would be redelivered endlessly.
 */
const crash = (error: unknown): void => {
  setImmediate(() => {
    throw error
  })
}
