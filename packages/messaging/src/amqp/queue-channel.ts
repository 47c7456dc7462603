/** The channel on which one consumer gets its deliveries. It lives as long as its connection, and they are void after it. */
import type { Channel, ConsumeMessage } from 'amqplib'
import type { Delivery, Failure } from '../broker.ts'
import { Acknowledger } from './acknowledger.ts'
import { AmqpDelivery, type Settling } from './delivery.ts'
import { wasDelivered } from './wire.ts'

export interface QueueChannelOptions {
  readonly handle: (delivery: Delivery) => void
  /** Resolves to true when a copy is safely on its way to the retry queue, to false when the signal is aborted before. */
  readonly sendRetryCopy: (delivered: ConsumeMessage, failure: Failure, signal: AbortSignal) => Promise<boolean>
  readonly onSettled: (redelivered: boolean) => void
}

export class QueueChannel implements Settling {
  readonly #options: QueueChannelOptions
  readonly #acknowledger: Acknowledger
  readonly #closed = new AbortController()
  #unsettled = 0
  #stopped = false

  constructor(channel: Channel, options: QueueChannelOptions) {
    this.#options = options
    this.#acknowledger = new Acknowledger(channel)
    channel.on('close', () => this.#closed.abort())
  }

  unsettled(): number {
    return this.#unsettled
  }

  /** What still arrives is given back. */
  stop(): void {
    this.#stopped = true
  }

  deliver(delivered: ConsumeMessage): void {
    if (this.#stopped) this.#acknowledger.giveBack(delivered.fields.deliveryTag)
    else this.#handle(delivered)
  }

  acknowledged(delivered: ConsumeMessage): void {
    if (this.#closed.signal.aborted) return
    this.#unsettled -= 1
    this.#acknowledger.finish(delivered.fields.deliveryTag)
    this.#options.onSettled(wasDelivered(delivered))
  }

  #handle(delivered: ConsumeMessage): void {
    this.#unsettled += 1
    try {
      this.#options.handle(new AmqpDelivery(delivered, this))
    } catch (error) {
      crash(error)
    }
  }

  /** The original is acknowledged when its copy is safe, and not before. */
  failed(delivered: ConsumeMessage, failure: Failure): void {
    const copied = this.#options.sendRetryCopy(delivered, failure, this.#closed.signal)
    copied.then((isSafe) => isSafe && this.acknowledged(delivered), crash)
  }
}

/**
 * A handler that throws is a bug, which ends the process. In amqplib's stack it would be taken for a broken channel, and the
 * message delivered again and again.
 */
const crash = (error: unknown): void => {
  setImmediate(() => {
    throw error
  })
}
