/** Acknowledges the deliveries of one channel: all that finish in one turn of the event loop in as few frames as possible. */
import { type Channel, IllegalOperationError, type Message } from 'amqplib'
import { TagWindow } from './tag-window.ts'

export class Acknowledger {
  readonly #channel: Channel
  readonly #window = new TagWindow()
  #scheduled = false

  constructor(channel: Channel) {
    this.#channel = channel
  }

  /** A delivery has arrived. Each must be announced, in the order in which they arrive. */
  begin(tag: number): void {
    this.#window.begin(tag)
  }

  finish(tag: number): void {
    this.#window.finish(tag)
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => this.#flush())
  }

  /** Gives a delivery back to the queue at once. */
  giveBack(tag: number): void {
    this.#window.skip(tag)
    this.#unlessClosed(() => this.#channel.nack(delivered(tag), false, true))
  }

  #flush(): void {
    this.#scheduled = false
    const { upTo, singly } = this.#window.collect()
    this.#unlessClosed(() => {
      if (upTo !== null) this.#channel.ack(delivered(upTo), true)
      for (const tag of singly) this.#channel.ack(delivered(tag))
    })
  }

  /** On a closed channel there is nothing to settle: the broker delivers again. */
  #unlessClosed(send: () => void): void {
    try {
      send()
    } catch (error) {
      if (!(error instanceof IllegalOperationError)) throw error
    }
  }
}

/** All of a message that amqplib looks at to acknowledge it. */
const delivered = (deliveryTag: number) => ({ fields: { deliveryTag } }) as Message
