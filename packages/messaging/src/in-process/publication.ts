/** One call of publish. Confirmed when every target queue has finished with the message or stored it. */
import { Unconfirmed } from '../broker.ts'

export class Publication {
  readonly confirmed: Promise<void>
  readonly #resolve: () => void
  readonly #reject: (error: Unconfirmed) => void
  readonly #onEnd: () => void
  #outstanding: number

  /** `onEnd` is called when it is confirmed or has failed. */
  constructor(queues: number, onEnd: () => void) {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.confirmed = promise
    this.#resolve = resolve
    this.#reject = reject
    this.#onEnd = onEnd
    this.#outstanding = queues
  }

  /** One of the queues has settled it. */
  settled(): void {
    this.#outstanding -= 1
    if (this.#outstanding > 0) return
    this.#onEnd()
    this.#resolve()
  }

  /** It can't be confirmed any more. No effect if it was confirmed already. */
  failed(reason: string): void {
    this.#onEnd()
    this.#reject(new Unconfirmed(reason))
  }
}
