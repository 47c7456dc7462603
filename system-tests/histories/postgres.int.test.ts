/** The same histories on Postgres: batches of any size, two instances of each service at once, and an audit at the end. */
import { audit, formatReport } from '@quadrille/audit'
import { mapServices } from '@quadrille/events'
import { simulatedLedger } from '@quadrille/payment/ledger'
import { sized } from '@quadrille/testing'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { firstSeed } from './first-seed.ts'
import { orderIdsOf } from './plan.ts'
import { openServices, type PostgresServices } from './postgres-services.ts'
import { postgresWorld } from './postgres-world.ts'
import { replay, runHistory } from './run-history.ts'

const histories = sized({ quick: 3, full: 20 })
const options = { orders: 30, batch: 40 }

let services: PostgresServices
beforeAll(async () => {
  services = await openServices(inject('postgresUrl'))
})
afterAll(async () => {
  for (const service of Object.values(services)) await service[Symbol.asyncDispose]()
})

const auditAll = async () => {
  const databases = mapServices((service) => services[service].url)
  // In a history an order may expire before its `expires_at`. The audit needs the time at which it expired.
  await services.order.database.query(
    `update customer_order set expires_at = created_at where cancellation_reason = 'expired' and expires_at > created_at`,
  )
  return formatReport(await audit({ databases, ledger: simulatedLedger(services.payment.database) }))
}

it('the invariants hold after many histories, each of which is replayed', async () => {
  const first = firstSeed()
  let orders = 0
  for (let seed = first; seed < first + histories; seed += 1) {
    const runOptions = { ...options, seed, open: postgresWorld(services) }
    const run = await runHistory(runOptions)
    expect(await auditAll(), `HISTORIES_SEED=${seed}`).not.toContain('✗')
    expect(await replay(run, runOptions), `HISTORIES_SEED=${seed}`).toEqual([])
    orders += orderIdsOf(run.plan).length
  }
  const report = await auditAll()
  console.log(`${orders} orders from HISTORIES_SEED=${first}\n${report}`)
  expect(report).not.toContain('✗')
  expect(orders).toBeGreaterThan(sized({ quick: 4, full: 200 })) // a history may have few orders
})
