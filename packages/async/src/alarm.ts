import { setTimeout as delay } from 'node:timers/promises'

/** A pause that can be ended early. */
export class Alarm {
  #rung = false
  #wake: () => void = () => undefined

  /** Ends the running pause. If none is running, the next one ends at once. */
  ring(): void {
    this.#rung = true
    this.#wake()
  }

  async pause(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const timer = new AbortController()
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      signal.addEventListener('abort', this.#wake, { once: true })
      await Promise.race([woken, delay(ms, undefined, { signal: timer.signal })])
      signal.removeEventListener('abort', this.#wake)
      timer.abort()
    }
    this.#rung = false
  }
}
