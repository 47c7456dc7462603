/** Who is killed when, from a seed. When exactly that hits them is up to the machine. */
import { type Random, seeded } from '@quadrille/testing'
import { type ProcessName, processNames } from './quadrille.ts'

export interface Round {
  /** How many orders are accepted before these are killed. */
  readonly afterOrders: number
  readonly victims: readonly ProcessName[]
  /** Whom to kill in the start that follows, if any, so long after it has begun to start Postgres, ms. */
  readonly inTheStart: { readonly victims: readonly ProcessName[]; readonly afterMs: number } | null
}

/** The seed that KILL_SEED asks for, or a new one. */
export const killSeed = (): number => Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

/** Each set of processes once, but for the empty one, in random order; and every other time a random one in the start. */
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
