import { everyOrderEnds } from './invariants/i1-every-order-ends.ts'
import { moneyAddsUp } from './invariants/i2-money-adds-up.ts'
import { stockAddsUp } from './invariants/i3-stock-adds-up.ts'
import { effectsHappenOnce } from './invariants/i4-effects-happen-once.ts'
import { transitionsAreLegal } from './invariants/i5-transitions-are-legal.ts'
import { stateFollowsFromEvents } from './invariants/i6-state-follows-from-events.ts'
import { keysLeadToOneOrder } from './invariants/i7-keys-lead-to-one-order.ts'
import { nothingIsLeft } from './invariants/i8-nothing-is-left.ts'
import type { Invariant } from './invariants/invariant.ts'
import { readRecords } from './records/records.ts'
import type { Finding, Report } from './report.ts'
import { type Databases, onSnapshots, type Snapshots } from './snapshots.ts'
import type { Witness } from './witness.ts'

export interface Sources extends Witness {
  readonly databases: Databases
}

const invariants: readonly Invariant[] = [
  everyOrderEnds,
  moneyAddsUp,
  stockAddsUp,
  effectsHappenOnce,
  transitionsAreLegal,
  stateFollowsFromEvents,
  keysLeadToOneOrder,
  nothingIsLeft,
]

/**
 * Checks the invariants I1 to I8. It reads each table once, in transactions that can write nothing, and keeps a short record
 * of each order in memory: about 2 kB.
 *
 * It is meant for a system at rest. The snapshots of the four databases are not of the same moment, so an order that is on
 * its way meanwhile can look as if it broke I5 or I6; I8 says whether anything was.
 * @throws the driver's error where a database can't be read.
 */
export const audit = ({ databases, ...witness }: Sources): Promise<Report> =>
  onSnapshots(databases, (snapshots) => examine(snapshots, witness))

/** The audit of snapshots that somebody else has taken. */
export const examine = async (snapshots: Snapshots, witness: Witness): Promise<Report> => {
  const evidence = { snapshots, witness, records: await readRecords(snapshots) }
  const findings: Finding[] = []
  for (const { name, claim, check } of invariants) {
    findings.push({ invariant: name, claim, ...(await check(evidence)) })
  }
  return { findings, ok: findings.every(({ violations }) => violations.length === 0) }
}
