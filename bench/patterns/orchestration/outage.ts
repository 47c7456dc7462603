/** Kills a process under load, starts it again later, and counts the orders that are accepted and settled. */
import { summarize } from '../../src/results/statistics.ts'
import { addStock, type System } from '../../src/systems/system.ts'
import { killProcesses } from '../outage/kill.ts'
import { type Outage, type OutagePlan, runOutage, settledAfterMs, warmUp } from '../outage/outage.ts'

const warmUpMs = 1_500

/** @param name - the process to kill. @throws if an accepted order is not settled, or the system is not right at the end. */
export const killUnderLoad = async (system: System, name: string, plan: OutagePlan): Promise<Outage> => {
  const killed = system.processes.filter((one) => one.name === name)
  if (killed.length === 0) throw new Error(`The system has no process ${name}.`)
  await addStock(system, ['bench-0'])
  await warmUp(system, plan.form, warmUpMs)
  await using stopping = new AsyncDisposableStack()
  const outage = await runOutage(system, plan, async () => {
    const restart = await killProcesses(killed, stopping)
    return async () => void restart()
  })
  const wrong = await system.check()
  if (wrong !== null) throw new Error(`After the outage of ${name}: ${wrong}`)
  return outage
}

/** The cells of a row, without that of the process. */
export const cellsOf = (outage: Outage): string[] => {
  const { orders, awayAt, backAt } = outage
  const accepted = orders.filter(({ answer }) => answer === 'accepted')
  const acceptedMs = accepted.map(({ intended, answeredAt }) => (answeredAt ?? Number.NaN) - intended)
  const whileDown = accepted.filter(({ settledAt }) => settledAt !== null && settledAt >= awayAt && settledAt < backAt)
  return [
    ...[accepted.length, orders.length - accepted.length].map(String),
    summarize(acceptedMs).p99.toFixed(0),
    String(whileDown.length),
    (settledAfterMs(outage) / 1_000).toFixed(1),
  ]
}
