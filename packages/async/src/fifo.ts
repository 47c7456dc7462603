/** A first-in, first-out list. The cost of its operations does not depend on its length. (Array#shift copies.) */
export class Fifo<Item extends NonNullable<unknown>> {
  #items: (Item | undefined)[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  /** The first item, which stays. */
  first(): Item | undefined {
    return this.#items[this.#head]
  }

  push(item: Item): void {
    this.#items.push(item)
  }

  shift(): Item | undefined {
    const item = this.#items[this.#head]
    if (this.#head === this.#items.length) return undefined
    this.#items[this.#head] = undefined
    this.#head += 1
    if (this.#head > 1_000 && this.#head * 2 > this.#items.length) this.#compact()
    return item
  }

  /** Inserts items before all others, in their order. */
  unshift(items: readonly Item[]): void {
    this.#items = [...items, ...this]
    this.#head = 0
  }

  /** Removes and returns all items. */
  drain(): Item[] {
    const items = [...this]
    this.#items = []
    this.#head = 0
    return items
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (let index = this.#head; index < this.#items.length; index += 1) {
      const item = this.#items[index]
      if (item !== undefined) yield item
    }
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }
}
