/** `npm run bench -- --compare COMMIT`: whether this version is slower than another one. */
import { runPlan } from '../bench.ts'
import type { Comparison } from '../options.ts'
import { loads } from '../plan/loads.ts'
import type { Plan } from '../plan/plan.ts'
import type { ProductRow } from '../plan/rows.ts'
import { announce } from '../results/announce.ts'
import { describeHeader } from '../results/describe.ts'
import { createResultFile, newResultPath, readResultFile } from '../results/file.ts'
import { headerOf } from '../results/new-header.ts'
import { openServers } from '../systems/servers.ts'
import { workingTree } from '../systems/version.ts'
import { type Checkout, checkOut } from './checkout.ts'
import { type Compared, judge, verdictTable } from './verdicts.ts'

const print = (line: string): void => console.log(line)

/** Resolves to the exit code: 1 if this version is slower, or a run was wrong. */
export const compare = async (comparison: Comparison): Promise<number> => {
  const file = newResultPath(comparison.output)
  await using servers = openServers()
  await using checkout = await checkOut(comparison.ref)
  const args = argsOf(comparison, checkout.commit)
  createResultFile(file, await headerOf({ args, servers, rows: planOf(comparison, checkout).rows }))
  return await measure(comparison, { checkout, servers, file })
}

/** The arguments that continue it with the same commit, also after a branch has moved. */
export const argsOf = ({ modes, repeats, seconds }: Comparison, commit: string): string[] => [
  ...['--compare', commit, '--repeats', String(repeats), '--seconds', String(seconds)],
  ...(modes.length === 1 ? ['--mode', ...modes] : []),
]

/** Continues an interrupted comparison. */
export const compareAgain = async (comparison: Comparison, file: string): Promise<number> => {
  await using servers = openServers()
  await using checkout = await checkOut(comparison.ref)
  return await measure(comparison, { checkout, servers, file })
}

interface Measuring {
  readonly checkout: Checkout
  readonly servers: ReturnType<typeof openServers>
  readonly file: string
}

const measure = async (comparison: Comparison, { checkout, servers, file }: Measuring): Promise<number> => {
  announce(file, print)
  const { header, runs: done } = readResultFile(file)
  const plan = planOf(comparison, checkout)
  const runs = await runPlan({ plan, servers, durations: { ms: comparison.seconds * 1_000 }, file, done, print })
  const judged = judge(comparison.modes.map(comparedIn), runs)
  print(`\n${describeHeader(header)}\nbefore: ${checkout.commit}\n\n${verdictTable(judged)}`)
  const wrong = runs.flatMap((run) => (run.wrong === null ? [] : [`wrong: ${run.row}: ${run.wrong}`]))
  for (const reason of new Set(wrong)) print(reason)
  const isSlower = judged.some(({ verdict }) => verdict === 'slower')
  print(isSlower ? '\nThis version is slower.' : '\nNo figure shows that this version is slower.')
  return isSlower || wrong.length > 0 ? 1 : 0
}

const comparedIn = (mode: Comparison['modes'][number]): Compared => ({
  title: mode,
  before: `${mode}-before`,
  after: mode,
})

/** The versions take turns within each mode, and the order within a pair alternates. */
const planOf = ({ modes, repeats }: Comparison, { version, commit }: Checkout): Plan => ({
  rows: modes.flatMap((mode): ProductRow[] => [
    { kind: 'product', id: `${mode}-before`, title: `${mode}, ${commit}`, mode, version },
    { kind: 'product', id: mode, title: `${mode}, this version`, mode, version: workingTree },
  ]),
  loadsOf: () => [loads.closed, loads['50/s']],
  repeats,
})
