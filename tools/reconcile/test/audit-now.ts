import { auditLive, type Databases, type Report } from '@quadrille/audit'
import { openLedger } from '@quadrille/payment/ledger'

/** Audits a running shop once, with the gateway's ledger and without a grace period. */
export const auditNow = async (databases: Databases): Promise<Report> => {
  await using ledger = openLedger({ databaseUrl: databases.payment })
  return await auditLive({ databases, ledger, graceMs: 0 })
}
