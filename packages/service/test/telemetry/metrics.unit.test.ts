import { expect, it } from 'vitest'
import { createDeadLetterMetrics } from '../../src/dead-letters/metrics.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'

it('gauges without a recent measurement have no value, so that the maximum over the instances ignores them', async () => {
  const metrics = createMetrics('tracker')
  let parked: { reason: string; count: number; oldestAgeMs: number }[] | undefined
  let backlog: { rows: number; oldestAgeMs: number } | undefined
  createDeadLetterMetrics(metrics.registry).observe(() => parked)
  metrics.observeOutbox(() => backlog)
  const values = async () =>
    (await metrics.registry.metrics()).match(/^quadrille_(?:dead_letters|outbox)_\w+\{.* \S+$/gm)
  const labels = 'service="tracker"'
  const unknown = [
    `quadrille_outbox_rows{${labels}} Nan`,
    `quadrille_outbox_oldest_age_seconds{${labels}} Nan`,
    `quadrille_dead_letters_oldest_age_seconds{${labels}} Nan`,
  ].toSorted()
  const shown = async () => (await values())?.filter((line) => !line.includes('_total')).toSorted()
  expect(await shown()).toEqual(unknown)
  parked = [{ reason: 'not_json', count: 2, oldestAgeMs: 3_000 }]
  backlog = { rows: 4, oldestAgeMs: 5_000 }
  expect(await shown()).toEqual(
    [
      `quadrille_outbox_rows{${labels}} 4`,
      `quadrille_outbox_oldest_age_seconds{${labels}} 5`,
      `quadrille_dead_letters_oldest_age_seconds{${labels}} 3`,
      `quadrille_dead_letters_parked{reason="not_json",${labels}} 2`,
    ].toSorted(),
  )
  parked = undefined
  backlog = undefined
  expect(await shown()).toEqual(unknown)
})
