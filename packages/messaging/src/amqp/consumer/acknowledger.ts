/**
 * Acknowledges the deliveries of one channel. Those that finish in one turn of the event loop share as few frames as
 * possible.
 */
import type { Channel, Message } from 'amqplib'
import { ignoreClosed } from '../channel.ts'
import { TagWindow } from './tag-window.ts'

export class Acknowledger {
  readonly #channel: Channel
  readonly #window = new TagWindow()
  #scheduled = false

  constructor(channel: Channel) {
    this.#channel = channel
  }

  /** Registers a delivery. Must be called for each that is not returned, in the order of their arrival. */
  begin(tag: number): void {
    this.#window.begin(tag)
  }

  finish(tag: number): void {
    this.#window.finish(tag)
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => this.#flush())
  }

  /** Returns a delivery to the queue at once. All later ones must be returned too. */
  requeue(tag: number): void {
    this.#unlessClosed(() => this.#channel.nack(delivered(tag), false, true))
  }

  /** All deliveries up to this tag are finished. */
  finishedUpTo(): number {
    return this.#window.finishedUpTo()
  }

  #flush(): void {
    this.#scheduled = false
    const { upTo, singly } = this.#window.collect()
    this.#unlessClosed(() => {
      if (upTo !== null) this.#channel.ack(delivered(upTo), true)
      for (const tag of singly) this.#channel.ack(delivered(tag))
    })
  }

  /** Does nothing if the channel is closed: then the broker redelivers. */
  #unlessClosed(send: () => void): void {
    try {
      send()
    } catch (error) {
      ignoreClosed(error)
    }
  }
}

/** The fields of a message that amqplib reads to acknowledge it. */
const delivered = (deliveryTag: number) => ({ fields: { deliveryTag } }) as Message
