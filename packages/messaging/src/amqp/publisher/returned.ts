/** Messages that the broker has returned. It sends basic.return before the confirm of the same message. */
import type { Message } from 'amqplib'
import type { Address } from '../../message.ts'

export class Returned {
  readonly #counts = new Map<string, number>()

  add({ fields: { exchange, routingKey }, properties }: Message): void {
    const key = keyOf({ exchange, routingKey }, properties.messageId)
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  /** True if the message that was just confirmed had been returned, because no queue is bound. True once per return. */
  take(to: Address, messageId: string | undefined): boolean {
    if (this.#counts.size === 0) return false
    const key = keyOf(to, messageId)
    const count = this.#counts.get(key) ?? 0
    if (count > 1) this.#counts.set(key, count - 1)
    else this.#counts.delete(key)
    return count > 0
  }
}

const keyOf = ({ exchange, routingKey }: Address, messageId: string | undefined): string =>
  JSON.stringify([exchange, routingKey, messageId ?? null])
