/**
 * Log lines are JSON, with the ids of their trace. An error is logged with its message, and with its stack unless it is
 * expected, but without the objects that a library has attached. Secrets in it are masked.
 */
import type { Language } from '@quadrille/messages'
import { type DestinationStream, type Logger, pino } from 'pino'
import { adviceFor } from '../errors/advice.ts'
import { taskFaultOf } from '../errors/task-fault.ts'
import { logTo, openStandardOutput } from './standard-output.ts'
import { activeIds } from './trace-context.ts'

interface LoggedError {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly advice?: string
  readonly stack?: string
  readonly cause?: LoggedError | string
}

type Redact = Pick<Language, 'redactText'>

/** The logged form of an error. Exported for its test. */
export const serializeError = (error: unknown, { redactText }: Redact): LoggedError | string => {
  if (!(error instanceof Error)) return redactText(String(error))
  const advice = adviceFor(error)
  return {
    type: error.name,
    message: redactText(error.message),
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    ...(advice && { advice }),
    ...(error.stack && !isExpected(error) && { stack: redactText(error.stack) }),
    ...(error.cause !== undefined && { cause: serializeError(error.cause, { redactText }) }),
  }
}

/** Codes of network and system errors, and of Postgres when it rejects work or closes connections. */
const expectedCodes = /^(E(?!RR_)[A-Z_]+|(08|53|57)[0-9A-Z]{3})$/

/** True if the cause is outside of this program. A stack trace does not help then. */
const isExpected = (error: Error): boolean =>
  taskFaultOf(error).outage !== undefined || ('code' in error && expectedCodes.test(String(error.code)))

/**
 * @param redaction masks the secrets of a language in errors.
 * @param destination takes the lines. Default: standard output.
 */
export const createLogger = (
  level: string,
  redaction: Redact,
  destination: DestinationStream = logTo(openStandardOutput()),
): Logger =>
  pino(
    {
      level,
      base: null,
      mixin: activeIds,
      serializers: { err: (error: unknown) => serializeError(error, redaction) },
    },
    destination,
  )
