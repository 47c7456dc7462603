/** The plan of kills, from a seed. Their exact timing depends on the machine. */
import { type Random, seeded } from '@quadrille/testing'
import { type ProcessName, processNames } from './quadrille.ts'

export interface Round {
  /** The number of accepted orders before the targets are killed. */
  readonly afterOrders: number
  readonly targets: readonly ProcessName[]
  /** The processes to kill during the restart, and the delay after it begins to start Postgres, ms. Null: none. */
  readonly duringRestart: { readonly targets: readonly ProcessName[]; readonly afterMs: number } | null
}

/** The seed in KILL_SEED, or a random one. */
export const killSeed = (): number => Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

/**
 * Kills each non-empty set of processes once, in random order. After all were killed, also kills `main` as soon as it begins to start
 * Postgres. In about half of the other rounds, also kills a random set during the restart.
 */
export const planOf = (seed: number): Round[] => {
  const random = seeded(seed)
  return shuffled(subsets, random).map((targets) => ({
    targets,
    afterOrders: 20 + random.below(100),
    duringRestart: targets.length === processNames.length ? mainAtOnce : sometimesAny(random),
  }))
}

const mainAtOnce: Round['duringRestart'] = { targets: ['main'], afterMs: 0 }

const sometimesAny = (random: Random): Round['duringRestart'] =>
  random.chance(0.5) ? { targets: random.pick(subsets), afterMs: random.below(1_500) } : null

const subsets = Array.from({ length: 2 ** processNames.length }, (_, bits) =>
  processNames.filter((_name, bit) => (bits >> bit) % 2 === 1),
).filter(({ length }) => length > 0)

const shuffled = <Item>(items: readonly Item[], random: Random): Item[] =>
  items
    .map((item) => ({ item, rank: random.below(2 ** 31) }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ item }) => item)
