/** The audit of a running system, and a console that shows it. */
import { auditLive } from '@quadrille/audit'
import { createAuditRuns } from '@quadrille/audit/runs'
import { type AuditServer, startAuditServer } from '@quadrille/audit/server'
import type { AuditState } from '@quadrille/console/audit-state'
import { openLedger } from '@quadrille/payment/ledger'
import { openDatabase } from '@quadrille/postgres'
import type { System } from '../systems.ts'
import { startConsoleFor } from './console.ts'

interface StartedAudit extends AuditServer {
  state(): AuditState
}

interface AuditOptions {
  /** Default: it has no queues. */
  readonly broker?: 'unreachable'
}

/** Starts it on a free port. A violation is reported when it persists for half a second. */
const startAudit = async (
  { databases }: Pick<System, 'databases'>,
  { broker }: AuditOptions,
): Promise<StartedAudit> => {
  const readQueues = () => (broker ? Promise.reject(new Error('ECONNREFUSED')) : Promise.resolve(new Map()))
  const runs = createAuditRuns({
    examine: async (onProgress) => {
      await using ledger = openLedger({ databaseUrl: databases.payment })
      return await auditLive({ databases, ledger, readQueues, graceMs: 500, onProgress })
    },
  })
  return { ...(await startAuditServer(runs, { port: 0 })), state: runs.state }
}

export interface Audited extends AsyncDisposable {
  /** The URL of the console. */
  readonly url: string
  readonly audit: StartedAudit
  /** Changes the money that the gateway has captured for an order, in minor units. */
  captureMore(orderId: string, amount: number): Promise<void>
  /** Stops the audit alone. */
  endAudit(): Promise<void>
}

export const startAudited = async (
  system: Pick<System, 'urls' | 'databases'>,
  options: AuditOptions = {},
): Promise<Audited> => {
  const audit = await startAudit(system, options)
  const { url, stop } = await startConsoleFor(system, { auditUrl: audit.url })
  let ending: Promise<void> | undefined
  const endAudit = () => (ending ??= audit.stop())
  return {
    url,
    audit,
    endAudit,
    captureMore: async (orderId, amount) => {
      const { payment } = system.databases
      const sql = openDatabase({ url: payment, applicationName: 'test', onIdleError: () => undefined })
      await sql.query('update gateway.intent set captured = captured + $2 where order_id = $1', [orderId, amount])
      await sql.end()
    },
    [Symbol.asyncDispose]: async () => {
      await stop()
      await endAudit()
    },
  }
}
