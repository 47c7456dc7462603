/** Polling beside streams: the same orders, followed by clients of each kind. */
import { startProduct } from '../../src/systems/product.ts'
import { workingTree } from '../../src/systems/version.ts'
import type { Comparison, Context } from '../comparison.ts'
import { type OpenClient, polling, sharedStream, streaming } from './clients.ts'
import { type Measured, measureClients, type Scenario } from './measure.ts'
import { resultsOf } from './results.ts'

/** By name. Null: the orders without clients. */
export const kinds: Readonly<Record<string, () => OpenClient | null>> = {
  'no clients': () => null,
  'poll, 5 s': () => polling(5_000, true),
  'poll, 1 s': () => polling(1_000, true),
  'poll, 1 s, without ETag': () => polling(1_000, false),
  'a stream each': () => streaming,
  'one stream for all': sharedStream,
}

const full: Scenario = { orders: 1_000, perSecond: 50, followMs: 20_000 }
const quick: Scenario = { orders: 40, perSecond: 40, followMs: 6_000 }

export const compareFollowing: Comparison = async (context) => {
  const measured: (Measured & { readonly kind: string })[] = []
  for (const [kind, create] of Object.entries(kinds)) {
    context.log(`  ${kind}`)
    measured.push({ kind, ...(await measureKind(create(), context)) })
  }
  return resultsOf(measured)
}

/** Each kind has a newly started shop. */
const measureKind = async (open: OpenClient | null, { servers, quick: isQuick }: Context): Promise<Measured> => {
  await using running = new AsyncDisposableStack()
  const postgres = await servers.postgres('npm start')
  const system = await startProduct({ version: workingTree, postgres, instances: 1, variables: {} }, null)
  running.defer(() => system.stop())
  const measured = await measureClients({ system, postgres }, isQuick ? quick : full, open)
  const wrong = await system.check()
  if (wrong !== null) throw new Error(wrong)
  return measured
}
