/**
 * Logs are JSON lines, with the ids of the trace that they belong to. An error shows what happened and where, but not the
 * objects that a library has hung on it.
 */
import { type Logger, pino } from 'pino'
import { adviceOn } from './advice.ts'
import { activeIds } from './trace-context.ts'

interface LoggedError {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly advice?: string
  readonly stack?: string
  readonly cause?: LoggedError | string
}

const serialize = (error: unknown): LoggedError | string => {
  if (!(error instanceof Error)) return String(error)
  const advice = adviceOn(error)
  return {
    type: error.name,
    message: error.message,
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    ...(advice && { advice }),
    ...(error.stack && { stack: error.stack }),
    ...(error.cause !== undefined && { cause: serialize(error.cause) }),
  }
}

export const createLogger = (level: string): Logger =>
  pino({ level, base: null, mixin: activeIds, serializers: { err: serialize } })
