/** The variables of every service, in one schema with defaults and checks. */
import { type Language, type PublishVersions, publishVersionsFormat } from '@quadrille/messages'
import { isDecodable } from '@quadrille/postgres'
import { z } from 'zod'
import { dayMs, duration } from '../config/duration.ts'
import { integer } from '../config/integer.ts'
import { rate } from '../config/rate.ts'
import { attemptsByDefault } from '../delivery/retry-policy.ts'
import { listenConfig, withExposureCheck } from '../http/variables.ts'
import { logLevel } from '../telemetry/variables.ts'
import type { Variables } from './define.ts'

/** The variable PUBLISH_VERSIONS for this language. */
export const publishVersionsOf = ({ readPublishVersions }: Language) =>
  z.string().transform((text, context): PublishVersions => {
    const versions = readPublishVersions(text)
    if (versions) return versions
    context.addIssue({ code: 'custom', message: publishVersionsFormat })
    return z.NEVER
  })

/** A day at least: a message that waits for a retry still needs its records. */
const retention = duration.refine((ttlMs) => ttlMs >= dayMs, 'must be 1d or more, well above all retry delays together')

/** The variables of every service, in any language. Each description names the purpose and the unit. */
export const commonConfig = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be like postgres://user:password@host:port/name' })
    .refine(isDecodable, 'has an escape that is not UTF-8: write % as %25')
    .describe('The service’s own database: postgres://user:password@host:port/name, with ?sslmode=verify-full for TLS'),
  ...listenConfig.shape,
  LOG_LEVEL: logLevel,
  MIGRATE: z.enum(['on', 'off']).default('on').describe('Whether to migrate the database at the start'),
  DATABASE_CONNECTIONS: integer(2, 100).default(8).describe('Maximum number of connections to Postgres'),
  OUTBOX_MAX: integer(1, 10_000_000)
    .default(100_000)
    .describe('Number of outbox rows at which requests that would add rows are rejected'),
  PREFETCH: integer(1, 65_535)
    .default(250)
    .describe(
      'Maximum number of inbox deliveries in progress; each has up to 256 KiB, and needs several times that in memory. With the in-process broker at most 1,000',
    ),
  BATCH_MAX: integer(1, 1_000)
    .default(256)
    .describe(
      'Maximum number of messages in one transaction. Each takes up to two locks, in up to three transactions at once: max_locks_per_transaction × max_connections must suffice for all instances',
    ),
  LINGER_MS: integer(0, 4_000)
    .default(100)
    .describe(
      'How long an event that is not urgent may wait for others, to share a transaction with them, ms; 0: not at all',
    ),
  TASK_CONCURRENCY: integer(1, 10_000)
    .default(100)
    .describe('Maximum number of tasks of one queue that run concurrently; with the in-process broker at most 1,000'),
  TASK_RATE: rate
    .optional()
    .describe(
      'Maximum rate of attempts of all tasks of this service, on all instances together: 50/s, 300/min or 20/h; default: unlimited',
    ),
  RETRY_ATTEMPTS: integer(1, 1_000)
    .default(attemptsByDefault)
    .describe(
      'Attempts before a message becomes a dead letter: at once, after 1 s, 5 s, 30 s, 2 min, then every 10 min',
    ),
  INBOX_TTL: retention
    .prefault('7d')
    .describe('How long the ids of handled messages are stored, 1d or more; a duplicate after that counts as new'),
  DEAD_LETTER_TTL: retention
    .prefault('30d')
    .describe(
      'How long a dead letter is kept after it was replayed or discarded, and the record of a failed attempt, 1d or more; an open dead letter is kept indefinitely',
    ),
})

/** The variables of every service: `commonConfig`, and those that depend on the language. */
export const commonConfigOf = (language: Language) =>
  z.object({
    ...commonConfig.shape,
    PUBLISH_VERSIONS: publishVersionsOf(language)
      .default({})
      .describe('Event versions to publish instead of the default: newest, or pairs such as Example:2'),
  })

export type CommonConfig = z.output<ReturnType<typeof commonConfigOf>>

/** The variables that services have in common, and those of one service, with the check of `withExposureCheck`. */
export const withOwnVariables = <Common extends CommonConfig, Config>(
  common: Variables<Common>,
  own: Variables<Config>,
): Variables<Common & Config> =>
  withExposureCheck(z.object({ ...common.shape, ...own.shape }) as unknown as Variables<Common & Config>)
