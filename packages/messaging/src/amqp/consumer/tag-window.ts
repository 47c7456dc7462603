/** Which deliveries of one channel are unfinished, so that one frame acknowledges many. Its size is that of the prefetch. */

export interface Acknowledgement {
  /** Acknowledge everything up to this tag (*multiple*), or null. */
  readonly upTo: number | null
  /** Acknowledge these one by one: a delivery below them is unfinished. */
  readonly singly: readonly number[]
}

export class TagWindow {
  /** In the order of their tags, which a channel counts upwards (AMQP 0-9-1, basic.deliver). */
  readonly #unfinished = new Set<number>()
  /** Finished, and not acknowledged yet. */
  #finished: number[] = []

  /** A delivery has arrived. Each must be announced, in the order of the tags. */
  begin(tag: number): void {
    this.#unfinished.add(tag)
  }

  /** A delivery is finished: the next acknowledgement includes it. */
  finish(tag: number): void {
    this.#unfinished.delete(tag)
    this.#finished.push(tag)
  }

  /** A delivery was settled in another way, such as being given back: no acknowledgement may name it. */
  skip(tag: number): void {
    this.#unfinished.delete(tag)
  }

  /**
   * What to acknowledge now. *Multiple* never reaches past an unfinished tag, which would lose it. It names the highest newly
   * finished tag below that: the broker closes the channel for a tag that it no longer knows.
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
