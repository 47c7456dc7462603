/** `npm run bench -- --compare COMMIT`: whether this version is slower than another one. */
import { runIntoFile } from '../bench.ts'
import type { Comparison } from '../options.ts'
import { loads } from '../plan/loads.ts'
import type { Plan } from '../plan/plan.ts'
import type { ProductRow } from '../plan/rows.ts'
import { createResultFile, newResultPath } from '../results/file.ts'
import { describeHeader, headerOf } from '../results/header.ts'
import { openServers } from '../systems/servers.ts'
import { workingTree } from '../systems/version.ts'
import { type Checkout, checkOut } from './checkout.ts'
import { type Compared, judge, verdictTable } from './verdicts.ts'

const print = (line: string): void => console.log(line)

/**
 * Resolves to the exit code: 1 if this version is slower, or a run was wrong.
 * @param interrupted - the result file of the comparison that it continues
 */
export const compare = async (comparison: Comparison, interrupted?: string): Promise<number> => {
  await using servers = openServers()
  await using checkout = await checkOut(comparison.ref)
  const file = interrupted ?? newResultPath(comparison.output)
  const plan = planOf(comparison, checkout)
  const args = argsOf(comparison, checkout.commit)
  if (interrupted === undefined) createResultFile(file, await headerOf({ args, servers, rows: plan.rows }))
  const { header, runs } = await runIntoFile(file, { plan, servers, seconds: comparison.seconds, print })
  const judged = judge(comparison.modes.map(comparedIn), runs)
  print(`\n${describeHeader(header)}\nbefore: ${checkout.commit}\n\n${verdictTable(judged)}`)
  const wrong = runs.flatMap((run) => (run.wrong === null ? [] : [`wrong: ${run.row}: ${run.wrong}`]))
  for (const reason of new Set(wrong)) print(reason)
  const isSlower = judged.some(({ verdict }) => verdict === 'slower')
  print(isSlower ? '\nThis version is slower.' : '\nNo figure shows that this version is slower.')
  return isSlower || wrong.length > 0 ? 1 : 0
}

/** The arguments that continue it with the same commit, also after a branch has moved. */
export const argsOf = ({ modes, repeats, seconds }: Comparison, commit: string): string[] => [
  ...['--compare', commit, '--repeats', String(repeats), '--seconds', String(seconds)],
  ...(modes.length === 1 ? ['--mode', ...modes] : []),
]

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
