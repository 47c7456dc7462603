/** The plan of kills, from a seed. Their exact timing depends on the machine. */
import { type Random, seeded } from '@quadrille/testing'
import { type ProcessName, processNames } from './quadrille.ts'

export interface Round {
  /** The number of accepted orders before these are killed. */
  readonly afterOrders: number
  readonly victims: readonly ProcessName[]
  /** The processes to kill in the next start, if any, and the delay after it has begun to start Postgres, ms. */
  readonly inTheStart: { readonly victims: readonly ProcessName[]; readonly afterMs: number } | null
}

/** The seed in KILL_SEED, or a new one. */
export const killSeed = (): number => Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

/** Each non-empty set of processes once, in random order; and for every other one a random set in the start. */
export const planOf = (seed: number): Round[] => {
  const random = seeded(seed)
  return shuffled(subsets, random).map((victims) => ({
    victims,
    afterOrders: 20 + random.below(100),
    inTheStart: random.chance(0.5) ? { victims: random.pick(subsets), afterMs: random.below(1_500) } : null,
  }))
}

const subsets = Array.from({ length: 2 ** processNames.length }, (_, bits) =>
  processNames.filter((_name, bit) => (bits >> bit) % 2 === 1),
).filter(({ length }) => length > 0)

const shuffled = <Item>(items: readonly Item[], random: Random): Item[] =>
  items
    .map((item) => ({ item, place: random.below(2 ** 31) }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item)
