import { serviceNames } from '@quadrille/events'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, onTestFinished, test } from 'vitest'
import { superviseAudit } from '../src/audit.ts'
import { readOptions } from '../src/options.ts'

test('the audit reaches Postgres by the same variables of its driver as the shop', async () => {
  const withoutPort = (service: string) => `postgres://127.0.0.1/quadrille_${service}`
  const audit = await superviseAudit({
    options: readOptions({}),
    databases: new Map(serviceNames.map((service) => [service, withoutPort(service)])),
    env: { PGPORT: '1' },
    say: () => undefined,
    log: { write: () => undefined },
  })
  onTestFinished(audit.stop)
  const failure = async () => {
    const response = await fetch(`${audit.url}/audit?olderThanSeconds=60`, { method: 'POST' })
    return (await response.json()) as unknown
  }
  await waitFor(async () =>
    expect(await failure()).toMatchObject({
      failure: { reason: expect.stringContaining('connect ECONNREFUSED 127.0.0.1:1)') },
    }),
  )
})
