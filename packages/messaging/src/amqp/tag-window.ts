/** Which deliveries of one channel are finished, in the order of their tags, so that one frame acknowledges many. */

export interface Acknowledgement {
  /** Acknowledge everything up to this tag (*multiple*), or null. */
  readonly upTo: number | null
  /** Acknowledge these one by one: something below them is unfinished. */
  readonly singly: readonly number[]
}

export class TagWindow {
  /** Delivery tags count from 1, without gaps, in each channel (AMQP 0-9-1, basic.deliver). */
  #lowestUnfinished = 1
  #finished = new Set<number>()
  /** Finished and told to the broker, but above something unfinished. */
  readonly #told = new Set<number>()

  /** A delivery is finished, and the next acknowledgement shall say so. */
  finish(tag: number): void {
    this.#finished.add(tag)
  }

  /** A delivery was settled in another way, such as being given back: no acknowledgement may name it. */
  skip(tag: number): void {
    this.#told.add(tag)
  }

  /**
   * What to acknowledge now. *Multiple* never reaches past an unfinished tag, which would lose it, and never names a tag that
   * the broker no longer knows, for which it closes the channel: it names the highest newly finished tag below the gap.
   */
  collect(): Acknowledgement {
    const finished = this.#finished
    let upTo: number | null = null
    for (;;) {
      if (finished.delete(this.#lowestUnfinished)) upTo = this.#lowestUnfinished
      else if (!this.#told.delete(this.#lowestUnfinished)) break
      this.#lowestUnfinished += 1
    }
    this.#finished = new Set()
    for (const tag of finished) this.#told.add(tag)
    return { upTo, singly: [...finished] }
  }
}
