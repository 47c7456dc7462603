/** The periodic jobs of every service. */
import { repeat } from '@quadrille/async'
import { SchemaTooNew, transientFaultOf } from '@quadrille/postgres'
import { replayReadable } from '../dead-letters/replay-readable.ts'
import { countDeadLetters, type DeadLetterCount } from '../dead-letters/table/reading.ts'
import type { LoadSampler } from '../telemetry/load/samplers.ts'
import type { Job } from './define.ts'
import { retentionJobs } from './retention.ts'
import type { Runtime } from './runtime.ts'

const countDeadLettersEveryMs = 10_000
const checkSchemaEveryMs = 2_000

/**
 * Runs the jobs until the service stops. A job that fails is logged and runs again. A service that gets no messages meets an outage
 * of Postgres only here. A missing object or grant does not count as one, because it may concern only the job.
 */
export const runJobs = (
  { aborting: { signal }, availability, log, metrics }: JobsRuntime,
  jobs: readonly Job[],
): Promise<unknown> => {
  /**
   * The first and the last failure of each job since it last succeeded. The time after the last one is not counted: the job may
   * be running well, on a long backlog.
   */
  const failures = new Map<string, { readonly firstMs: number; readonly lastMs: number }>()
  metrics.observeJobs(() =>
    jobs.map(({ name }) => {
      const { firstMs, lastMs } = failures.get(name) ?? { firstMs: 0, lastMs: 0 }
      return [name, (lastMs - firstMs) / 1_000] as const
    }),
  )
  return Promise.all(
    jobs.map(({ name, everyMs, run }) =>
      repeat((aborted) => run(aborted).then(() => void failures.delete(name)), {
        everyMs,
        signal,
        onError: (err) => {
          const lastMs = performance.now()
          failures.set(name, { firstMs: failures.get(name)?.firstMs ?? lastMs, lastMs })
          if (transientFaultOf(err) === 'outage') availability.recordError(err)
          log.warn({ err, job: name }, 'a job failed and will run again')
        },
      }),
    ),
  )
}

interface JobsRuntime extends Pick<Runtime, 'aborting' | 'log'> {
  readonly availability: Pick<Runtime['availability'], 'recordError'>
  readonly metrics: Pick<Runtime['metrics'], 'observeJobs'>
}

/** Counts dead letters for the metrics, and deletes rows past their retention. */
export const maintenanceJobs = ({ storage, deadLetterMetrics, config }: Runtime): Job[] => {
  let parked: DeadLetterCount[] = []
  deadLetterMetrics.observe(() => parked)
  const count = async () => {
    parked = await countDeadLetters(storage.database)
  }
  return [
    { name: 'count the dead letters', everyMs: countDeadLettersEveryMs, run: count },
    ...retentionJobs(storage.database, config),
  ]
}

/**
 * Periodic, because a newer version may apply a breaking migration while this instance runs, which would misread the rows. And
 * because the clock of this process stops while the machine sleeps: until the next measurement the service's time is behind.
 */
export const schemaJob = ({ storage }: Runtime, onFatal: (error: Error) => void): Job => ({
  name: 'check the schema and measure the clock',
  everyMs: checkSchemaEveryMs,
  run: async () => {
    try {
      await storage.clock.measure()
    } catch (error) {
      if (!(error instanceof SchemaTooNew)) throw error
      onFatal(error)
    }
  },
})

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
