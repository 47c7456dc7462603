/** How long violations of a running system must persist, and how long its databases may take. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { formatReport } from '../src/index.ts'
import { type OnSnapshots, withDatabases } from '../src/snapshots.ts'
import { detailsOf, liveWorld, queues } from './live-world.ts'

const live = liveWorld()
const { alter, audit, fulfilledJustNow } = live

describe('a suspected violation', () => {
  it('is not reported if it disappears within the grace period', async () => {
    await fulfilledJustNow()
    let reads = 0
    const repairBeforeThirdRead = async () => {
      reads += 1
      if (reads === 3) {
        await alter('inventory', `update reservation set status = 'committed' where order_id = $1`)
        await alter('inventory', 'update stock set on_hand = on_hand - 2, reserved = 0')
      }
      return new Map()
    }
    const report = await audit({ graceMs: 60_000, readQueues: repairBeforeThirdRead })
    expect(formatReport(report)).not.toContain('✗')
    expect(reads).toBe(3)
  })

  it('is reported if it persists until the grace period is over', async () => {
    await fulfilledJustNow()
    await alter('payment', `update payment set currency = 'USD' where order_id = $1`)
    let reads = 0
    const repairOne = async () => {
      reads += 1
      if (reads === 2) await alter('payment', `update payment set currency = 'EUR' where order_id = $1`)
      return new Map()
    }
    const report = await audit({ graceMs: 1_200, readQueues: repairOne })
    expect(detailsOf(report)).toEqual([
      'is fulfilled, but its stock is reserved',
      'the reservation: reserved, but its events lead to committed',
    ])
    expect(reads).toBe(4)
  })
})

it('an audit with a violation ends although a retry queue fills and empties indefinitely, and says what it has not checked', async () => {
  await fulfilledJustNow()
  await alter('payment', `update payment set currency = 'USD' where order_id = '${live.world().orderOf('declined')}'`)
  let reads = 0
  const readQueues = async () => {
    reads += 1
    return queues({ 'inventory.inbox.retry.1s': { messages: reads < 30 ? reads % 2 : 0, consumers: 0 } })()
  }
  const report = await audit({ graceMs: 1_500, readQueues })
  expect(detailsOf(report)).toEqual(['is in EUR, but was paid in USD'])
  expect(reads).toBeLessThan(30)
  expect(formatReport(report)).toMatch(
    /^✓ I6: .*; not checked: settled orders .* may wait in inventory.inbox.retry.1s\)\)$/m,
  )
})

describe('a database that can’t be read while a suspected violation is examined again', () => {
  /** It is away from the second reading on, until the third if it comes back. */
  const auditWithout = async (comesBack: boolean) => {
    await fulfilledJustNow()
    onTestFinished(() => alter('inventory', 'alter table if exists reservation_away rename to reservation'))
    let reads = 0
    const readQueues = async () => {
      reads += 1
      if (reads === 2) await alter('inventory', 'alter table reservation rename to reservation_away')
      if (reads === 3 && comesBack) await alter('inventory', 'alter table reservation_away rename to reservation')
      return new Map()
    }
    return audit({ graceMs: 2_000, readQueues })
  }

  it('is read again', async () => {
    expect(detailsOf(await auditWithout(true))).toEqual([
      'is fulfilled, but its stock is reserved',
      'the reservation: reserved, but its events lead to committed',
    ])
  })

  it('ends the audit if it can’t be read at last', async () => {
    await expect(auditWithout(false)).rejects.toThrow('relation "reservation" does not exist')
  })
})

it('the error of a database that can’t be reached names its service', async () => {
  const databases = { ...live.world().urls, payment: 'postgres://127.0.0.1:1/none' }
  await expect(audit({ databases })).rejects.toThrow(/^payment: connect /)
})

it.each([
  [undefined, { statement: '5min', idle: '30min' }],
  [3_600_000, { statement: '1h', idle: '6h' }],
])('statements and snapshots have a time limit: %j', async (statementTimeoutMs, limits) => {
  const readLimits = (onSnapshots: OnSnapshots) =>
    onSnapshots(({ order }) =>
      order.query(`select current_setting('statement_timeout') as statement,
                          current_setting('idle_in_transaction_session_timeout') as idle`),
    )
  expect(await withDatabases(live.world().urls, readLimits, statementTimeoutMs)).toEqual([limits])
})
