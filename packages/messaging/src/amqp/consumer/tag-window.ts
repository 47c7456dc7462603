/**
 * Tracks the unfinished deliveries of one channel, to acknowledge many with one frame. The prefetch limits its size.
 */

export interface Acknowledgement {
  /** Acknowledge everything up to this tag (*multiple*), or null. */
  readonly upTo: number | null
  /** Acknowledge these one by one, because a delivery below them is unfinished. */
  readonly singly: readonly number[]
}

export class TagWindow {
  /** In the order of their tags, which increase within a channel (AMQP 0-9-1, basic.deliver). */
  readonly #unfinished = new Set<number>()
  /** Finished, but not acknowledged yet. */
  #finished: number[] = []

  /** Registers a delivery. Must be called for each, in the order of their tags. */
  begin(tag: number): void {
    this.#unfinished.add(tag)
  }

  /** Marks a delivery as finished. The next acknowledgement includes it. */
  finish(tag: number): void {
    this.#unfinished.delete(tag)
    this.#finished.push(tag)
  }

  /** Marks a delivery as settled in another way, such as returned. It must not be acknowledged. */
  skip(tag: number): void {
    this.#unfinished.delete(tag)
  }

  /**
   * Returns the tags to acknowledge now. *Multiple* never includes an unfinished tag, whose delivery would be lost. It
   * uses the highest newly finished tag below that, because the broker closes the channel for a tag that is already
   * acknowledged.
   */
  collect(): Acknowledgement {
    const [lowestUnfinished = Number.POSITIVE_INFINITY] = this.#unfinished
    const finished = this.#finished
    this.#finished = []
    const below = finished.filter((tag) => tag < lowestUnfinished)
    return {
      upTo: below.length > 0 ? below.reduce((highest, tag) => Math.max(highest, tag)) : null,
      singly: finished.filter((tag) => tag > lowestUnfinished),
    }
  }
}
