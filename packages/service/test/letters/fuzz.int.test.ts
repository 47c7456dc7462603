/** Ten thousand spoiled messages among good ones: each is handled, ignored or parked with a reason, and nobody waits for them. */
import { draft, seal } from '@quadrille/events'
import { noon, type Random, seeded } from '@quadrille/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { huge, mutations } from './mutations.ts'
import { anOrderOf, onTheWire, openStage, type Stage } from './tallier.ts'

const reasons = ['not_json', 'not_cloudevents', 'schema_violation', 'future_version', 'too_large', 'id_conflict']

const anOrder = () => seal(draft('OrderPlaced', anOrderOf('good')), { service: 'order', now: noon })

/** The sum of a counter's series. */
const total = (metrics: string, series: RegExp): number =>
  metrics
    .split('\n')
    .filter((line) => series.test(line))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)

interface Plan {
  readonly stage: Stage
  readonly spoiled: number
  readonly good: readonly ReturnType<typeof anOrder>[]
}

/** One good message in twenty, some hundreds at a time. Resolves when the broker has them all. */
const sendAll = async ({ stage, spoiled, good }: Plan, random: Random): Promise<void> => {
  const sending: Promise<void>[] = []
  for (let sent = 0; sent < spoiled; sent += 1) {
    const order = good[sent / 20]
    if (order) sending.push(stage.send(onTheWire(order)))
    sending.push(stage.send(sent % 1_000 === 500 ? huge(anOrder()) : random.pick(mutations)(anOrder(), random)))
    if (sending.length >= 400) await Promise.all(sending.splice(0))
  }
  const [first] = good
  if (first) sending.push(stage.send(onTheWire(first, { data: { ...first.data, total: 1 } })))
  await Promise.all(sending)
}

describe.each([
  ['the in-process broker', 2_000],
  ['RabbitMQ', 10_000],
] as const)('on %s', (kind, spoiled) => {
  it(`${spoiled} spoiled messages lose nothing, stop nothing and hold up nobody`, { timeout: 120_000 }, async () => {
    const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
    console.log(`FUZZ_SEED=${seed}`)
    const stage = await openStage(kind)
    onTestFinished(() => stage.end())
    const good = Array.from({ length: spoiled / 20 }, anOrder)
    await sendAll({ stage, spoiled, good }, seeded(seed))

    const settled = async () => {
      const metrics = await stage.metrics()
      return total(metrics, /^quadrille_messages_total\{/) + total(metrics, /^quadrille_dead_letters_total\{/)
    }
    const sent = spoiled + 1 + good.length
    await vi.waitFor(async () => expect(await settled()).toBe(sent), { timeout: 60_000, interval: 200 })
    const tallied = await stage.database.query<{ order_id: string }>('select order_id from tally')
    expect(tallied.map(({ order_id }) => order_id)).toEqual(expect.arrayContaining(good.map(({ subject }) => subject)))
    expect(await stage.metrics()).not.toMatch(/^quadrille_retries_total\{.* [1-9]/m)

    const groups = await stage.database.query<{ reason: string; unexplained: number }>(
      `select reason, count(*) filter (where error = '' or length(error) < 10)::integer as unexplained
       from dead_letter group by reason`,
    )
    expect(groups.map(({ reason }) => reason).sort()).toEqual(reasons.toSorted())
    expect(groups.filter(({ unexplained }) => unexplained > 0)).toEqual([])
  })
})
