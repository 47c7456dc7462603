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
  #highest = 0

  /** Registers a delivery to finish, in the order of their tags. */
  begin(tag: number): void {
    this.#unfinished.add(tag)
    this.#highest = tag
  }

  /** Marks a delivery as finished. The next acknowledgement includes it. */
  finish(tag: number): void {
    this.#unfinished.delete(tag)
    this.#finished.push(tag)
  }

  /** The tag below the lowest unfinished one. */
  finishedUpTo(): number {
    const [lowestUnfinished = this.#highest + 1] = this.#unfinished
    return lowestUnfinished - 1
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
