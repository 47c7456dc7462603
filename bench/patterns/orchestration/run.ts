/** Compares the order as a workflow on DBOS with the choreography. */
import { type Peer, workflow } from '../../peers/peers.ts'
import { loads } from '../../src/plan/loads.ts'
import type { ProductRow, SystemRow } from '../../src/plan/rows.ts'
import type { Figures } from '../../src/results/figures.ts'
import { runSession } from '../../src/session.ts'
import type { Mode } from '../../src/systems/product.ts'
import { startRow } from '../../src/systems/start-row.ts'
import type { System } from '../../src/systems/system.ts'
import type { Chart, Comparison, Context, Table } from '../comparison.ts'
import { mediansOf } from '../medians.ts'
import { acceptedPerSecond, type Outage, type OutagePlan, pointsOf, settledPerSecond } from '../outage/outage.ts'
import { rounded } from '../rounded.ts'
import { type Ending, runEndings } from './endings.ts'
import { cellsOf, killUnderLoad } from './outage.ts'
import { type Scenario, scenarios } from './scenarios.ts'
import { shopOf } from './shop.ts'
import { stuckChoreography, stuckWorkflow } from './stuck.ts'

export const compareOrchestration: Comparison = async (context) => {
  const { log, quick } = context
  log('the ends of orders, and a stuck one')
  const ends = await compareEnds(context)
  log('rate and latency')
  const speed = await compareSpeed(context)
  log('a process is killed under load')
  const outages = await compareOutages(context, quick ? quickPlan : plan)
  return { tables: [...ends, speed, outages.table], charts: [outages.chart] }
}

const workflowRow = (variables: Peer['variables'] = {}): SystemRow => ({
  kind: 'peer',
  id: workflow.name,
  title: 'workflow on DBOS',
  peer: { ...workflow, variables },
})

const productRow = (mode: Mode, variables: Readonly<Record<string, string>> = {}): ProductRow => ({
  kind: 'product',
  id: mode,
  title: mode === 'embedded' ? 'Quadrille, one process' : 'Quadrille, RabbitMQ',
  mode,
  variables,
})

/** Starts the system of a row, and stops it when `use` is done. */
const withSystem = async <Result>(
  { servers, log }: Context,
  row: SystemRow,
  use: (system: System) => Promise<Result>,
): Promise<Result> => {
  const { system } = await startRow(row, { servers, report: log })
  try {
    return await use(system)
  } finally {
    await system.stop()
  }
}

/** Longer than the first three attempts to charge, except in a quick run, which leaves out the slow scenarios. */
const ttlSeconds = { quick: 12, usual: 15 }

interface Ended {
  readonly endings: readonly { readonly scenario: Scenario; readonly ending: Ending }[]
  readonly stuck: Table
}

/** Both run at once, each on a Postgres of its own, because the scenarios mostly wait. */
const compareEnds = async (context: Context): Promise<Table[]> => {
  const seconds = context.quick ? ttlSeconds.quick : ttlSeconds.usual
  const chosen = scenarios.filter(({ isSlow }) => !(isSlow && context.quick))
  const run =
    (showStuck: typeof stuckWorkflow) =>
    async (system: System): Promise<Ended> => {
      const shop = shopOf(system)
      const [endings, stuck] = await Promise.all([runEndings(shop, chosen), showStuck(shop)])
      const wrong = await system.audit()
      if (wrong !== null) throw new Error(wrong)
      return { endings, stuck }
    }
  const variables = { ORDER_TTL: `${seconds}s`, STUCK_AFTER: '1s' }
  const running = [
    withSystem(context, { ...productRow('rabbitmq', variables), settings: 'npm start' }, run(stuckChoreography)),
    withSystem(context, workflowRow({ ORDER_TTL_MS: String(seconds * 1_000) }), run(stuckWorkflow)),
  ] as const
  await Promise.allSettled(running) // otherwise an error would stop the servers while the other system still uses them
  const [ours, theirs] = await Promise.all(running)
  return [tableOfEnds(theirs, ours), theirs.stuck, ours.stuck]
}

/** Both ends are those of the contract. They differ where it permits two. */
const tableOfEnds = (theirs: Ended, ours: Ended): Table => ({
  title: 'The end of each order, the same on both sides; I1 to I4 hold',
  columns: ['order', 'end'],
  textColumns: 2,
  rows: ours.endings.map(({ scenario, ending }, index) => [
    scenario.name,
    [...new Set([ending.end, theirs.endings[index]?.ending.end])].join(', or '),
  ]),
})

interface Speed {
  readonly closed: Figures
  readonly open: Figures
}

/** The medians of two rounds, the second in reverse order. */
const compareSpeed = async ({ servers, quick, log }: Context): Promise<Table> => {
  const durations = quick ? { ms: 500, warmUpMs: 500 } : { ms: 6_000, warmUpMs: 6_000 }
  const compared = quick ? [workflowRow()] : [productRow('embedded'), workflowRow(), productRow('rabbitmq')]
  const measured = compared.map((row) => ({ row, rounds: [] as Speed[] }))
  for (const round of quick ? [measured] : [measured, measured.toReversed()])
    for (const { row, rounds } of round) {
      const options = { servers, durations, knownRate: undefined, onResult: () => undefined, report: log }
      const [closed, open] = await runSession(row, [loads.closed, loads['50/s']], options)
      rounds.push({ closed: closed?.figures ?? {}, open: open?.figures ?? {} })
    }
  const rows = measured.map(({ row, rounds }) => {
    const [closed, open] = [mediansOf(rounds.map((one) => one.closed)), mediansOf(rounds.map((one) => one.open))]
    const figures = [closed.rate, closed.cpu, open.settledP50, open.settledP99, open.cpu]
    return [row.title, ...figures.map((figure = Number.NaN) => rounded(figure))]
  })
  return {
    title: 'Rate with 200 orders in flight, and latency at 50 orders/s',
    columns: ['system', 'settled/s', 'CPU each, ms', 'p50, ms', 'p99, ms', 'CPU each at 50/s, ms'],
    rows,
  }
}

const form = { skus: 1, lines: 1 }
const plan: OutagePlan = { form, perSecond: 50, ms: { before: 4_000, away: 5_000, after: 7_000 } }
const quickPlan: OutagePlan = { form, perSecond: 50, ms: { before: 500, away: 500, after: 500 } }

/** The processes that are killed, one in each run. */
const victims = [
  { title: 'workflow killed', row: workflowRow(), process: 'shop' },
  { title: 'payment killed', row: productRow('rabbitmq'), process: 'payment' },
  { title: 'order killed', row: productRow('rabbitmq'), process: 'order' },
] as const

const compareOutages = async (context: Context, plan: OutagePlan): Promise<{ table: Table; chart: Chart }> => {
  const results: { title: string; outage: Outage }[] = []
  for (const { title, row, process } of context.quick ? victims.slice(0, 2) : victims)
    results.push({ title, outage: await withSystem(context, row, (system) => killUnderLoad(system, process, plan)) })
  const [before, down] = [plan.ms.before / 1_000, plan.ms.away / 1_000]
  const panel = (unit: string, valueIn: typeof settledPerSecond) => ({
    unit,
    lines: results.map(({ title, outage }) => ({ name: title, points: pointsOf(outage, valueIn) })),
  })
  return {
    table: {
      title: `A process is killed for ${down} s, at ${plan.perSecond} orders/s`,
      columns: [
        'process',
        'accepted',
        'refused',
        'POST to 202, p99, ms',
        'settled while down',
        'those accepted before the restart are all settled, s after it',
      ],
      rows: results.map(({ title, outage }) => [title, ...cellsOf(outage)]),
    },
    chart: {
      kind: 'lines',
      title: `Orders, with a process down from second ${before} to ${before + down}`,
      panels: [panel('accepted/s', acceptedPerSecond), panel('settled/s', settledPerSecond)],
    },
  }
}
