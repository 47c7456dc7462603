/** The periodic jobs of every service. */
import { FailingTimes, Measurement, repeat, toError } from '@quadrille/async'
import { SchemaTooNew, transientFaultOf } from '@quadrille/postgres'
import { replayReadable } from '../dead-letters/replay-readable.ts'
import { countDeadLetters, type DeadLetterCount } from '../dead-letters/table/reading.ts'
import type { LoadSampler } from '../telemetry/load/samplers.ts'
import { oncePer } from '../telemetry/once-per.ts'
import type { Job } from './define.ts'
import { retentionJobs } from './retention.ts'
import type { Runtime } from './runtime.ts'

const countDeadLettersEveryMs = 10_000
const checkSchemaEveryMs = 2_000

/**
 * Runs the jobs until the service stops. A job that fails runs again, and each failure is logged at most once a minute.
 * The metric of failing jobs also shows the two loops of the relay. A service that gets no messages meets an outage of
 * Postgres only here. A missing object or grant does not count as one, because it may concern only the job.
 */
export const runJobs = (
  { aborting: { signal }, availability, log, metrics, relay }: JobsRuntime,
  jobs: readonly Job[],
): Promise<unknown> => {
  const failing = new FailingTimes()
  metrics.observeJobs(() => [
    ['sweep the outbox', relay.failingMs('sweep') / 1_000],
    ['measure the outbox', relay.failingMs('measure') / 1_000],
    ...jobs.map(({ name }) => [name, failing.failingMs(name) / 1_000] as const),
  ])
  const runJob = ({ name, everyMs, run }: Job): Promise<void> => {
    const isDue = oncePer(60_000)
    const onError = (err: unknown) => {
      failing.failed(name)
      if (transientFaultOf(err) === 'outage') availability.recordError(err)
      const { message } = toError(err)
      if (isDue(message)) log.warn({ err, job: name }, 'a job failed and will run again')
    }
    return repeat((aborted) => run(aborted).then(() => failing.succeeded(name)), { everyMs, signal, onError })
  }
  return Promise.all(jobs.map(runJob))
}

interface JobsRuntime extends Pick<Runtime, 'aborting' | 'log'> {
  readonly availability: Pick<Runtime['availability'], 'recordError'>
  readonly metrics: Pick<Runtime['metrics'], 'observeJobs'>
  readonly relay: Pick<Runtime['relay'], 'failingMs'>
}

/** Counts dead letters for the metrics, and deletes rows past their retention. */
export const maintenanceJobs = ({ storage, deadLetterMetrics, config }: Runtime): Job[] => {
  const parked = new Measurement<readonly DeadLetterCount[]>([], () => countDeadLetters(storage.database))
  deadLetterMetrics.observe(() => parked.recent)
  return [
    { name: 'count the dead letters', everyMs: countDeadLettersEveryMs, run: () => parked.run() },
    ...retentionJobs(storage, config),
  ]
}

/**
 * Periodic, because a newer version may apply a breaking migration while this instance runs, which would misread the rows. And
 * because the clock of this process stops while the machine sleeps: until the next measurement the service's time is behind.
 */
export const schemaJob = ({ storage: { clock }, log }: SchemaRuntime, onFatal: (error: Error) => void): Job => {
  let wasAhead = false
  return {
    name: 'check the schema and measure the clock',
    everyMs: checkSchemaEveryMs,
    run: async () => {
      try {
        await clock.measure()
      } catch (error) {
        if (!(error instanceof SchemaTooNew)) throw error
        onFatal(error)
      }
      const isAhead = clock.wentAhead()
      if (isAhead && !wasAhead)
        log.warn(
          'the clock of Postgres went ahead, or is ahead of this machine: no expired rows are deleted for an hour',
        )
      wasAhead = isAhead
    },
  }
}

interface SchemaRuntime extends Pick<Runtime, 'log'> {
  readonly storage: Pick<Runtime['storage'], 'clock'>
}

/** Periodic, because an older instance parks messages of later versions and new tasks as long as it runs. */
export const replayReadableJob = ({ model, deadLetters, log }: Runtime, everyMs: number): Job => ({
  name: 'replay dead letters that have become readable',
  everyMs,
  run: replayReadable(deadLetters, model, log),
})

/** Samples the depth and the utilisation of each queue for the metrics. */
export const loadJobs = (samplers: readonly LoadSampler[], everyMs: number): Job[] =>
  samplers.map(({ queue, sample }) => ({
    name: `sample the load of ${queue}`,
    everyMs,
    run: sample,
  }))
