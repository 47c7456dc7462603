/** Random numbers from a seed: equal seeds give equal sequences. */
export interface Random {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number
  chance(probability: number): boolean
  /** @throws {RangeError} if the list is empty. */
  pick<Item>(items: readonly Item[]): Item
  /** A version 4 UUID. */
  uuid(): string
}

/** Mulberry32 with 32 bits of state, enough for a few thousand draws. */
export const seeded = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join('')
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const [picked] = items.slice(below(items.length))
      if (picked === undefined) throw new RangeError('The list to pick from is empty.')
      return picked
    },
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${(8 + below(4)).toString(16)}${hex(3)}-${hex(12)}`,
  }
}
