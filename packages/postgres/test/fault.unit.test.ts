import { expect, it } from 'vitest'
import { endsConnection, faultOf, isRefusal, isStalePlan, markPostgresErrors, transientFaultOf } from '../src/fault.ts'

type Fields = Readonly<Record<string, unknown>>

const failing = (fields: Fields, error = new Error('It failed.')) => Object.assign(error, fields)

/** The kind of the error if work with Postgres fails with it. */
const faultOfWork = (error: Error) => markPostgresErrors(() => Promise.reject(error)).catch(faultOf)

const systemError = (code: string): Fields => ({ code, syscall: 'connect', errno: -1 })
const ofServer = (code: string, routine: string): Fields => ({ code, severity: 'ERROR', routine })

const faults: readonly (readonly [Fields, ReturnType<typeof faultOf>])[] = [
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'EPERM'].map(
    (code) => [systemError(code), 'unavailable'] as const,
  ),
  [{ code: 'EPIPE' }, 'unavailable'], // Node has found out that the connection ended, without a system call
  [{ code: 'CERT_HAS_EXPIRED' }, 'unavailable'],
  [{ message: 'Connection terminated unexpectedly' }, 'unavailable'],
  [{ message: 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string' }, 'unavailable'],
  [{ message: 'received invalid response: 48', code: undefined }, 'unavailable'],
  [{ code: '57P01' }, 'unavailable'],
  [{ code: '42P01' }, 'unavailable'],
  [{ code: '40P01' }, 'conflict'],
  [{ code: '23514' }, 'rejected'],
  [ofServer('08P01', 'exec_bind_message'), 'conflict'],
  [ofServer('08P01', 'pq_copymsgbytes'), 'rejected'],
  [{ ...ofServer('08P01', 'pq_copymsgbytes'), severity: 'FEHLER' }, 'rejected'],
  [{ code: '08P01', severity: 'FATAL', routine: 'SocketBackend' }, 'unavailable'],
  [{ code: '08P01', severity: 'FATAL', message: 'query_wait_timeout', routine: undefined }, 'unavailable'],
  [{ code: '08P01', severity: 'ERROR', message: 'query_wait_timeout', routine: undefined }, 'unavailable'], // old poolers
]

it.each(faults)('%o is classified as %s', async (fields, fault) => {
  expect(await faultOfWork(failing(fields))).toBe(fault)
})

it('the errors of all addresses of a host are an outage, with the code of the first one', async () => {
  const errors = [failing(systemError('EPERM')), failing(systemError('ECONNREFUSED'))]
  expect(await faultOfWork(failing({ code: 'EPERM' }, new AggregateError(errors)))).toBe('unavailable')
})

it.each([new TypeError('not writable'), new RangeError('too large'), new SyntaxError('not JSON')])(
  'a value that can’t be written or read is not a fault of Postgres (%s)',
  async (error) => {
    expect(await faultOfWork(error)).toBeUndefined()
  },
)

it('an error of another connection has no kind', () => {
  expect(faultOf(failing(systemError('ECONNREFUSED')))).toBeUndefined()
})

it.each([
  [{ code: '57P01' }, 'outage'],
  [{ code: '42P01' }, 'statement'],
  [{ code: '57014' }, 'statement'], // cancelled
  [{ code: '55P03' }, 'statement'], // the lock timeout
  [{ code: '40P01' }, 'conflict'],
  [{ code: '23514' }, null],
] as const)('%o is transient as %s', async (fields, transient) => {
  const fault = markPostgresErrors(() => Promise.reject(failing(fields))).catch(transientFaultOf)
  expect(await fault).toBe(transient)
})

it('a missing password is a refusal, and a rejection by a pooler is not a stale plan', () => {
  expect(isRefusal(new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'))).toBe(true)
  expect(isStalePlan(failing({ code: '08P01', severity: 'FATAL', message: 'query_wait_timeout' }))).toBe(false)
})

it.each([
  [{ code: '57P01', severity: 'FATAL' }, true],
  [{ code: '25P03', severity: 'FATAL' }, true],
  [{ code: '08P01', severity: 'FATAL', message: 'query_wait_timeout' }, true],
  [systemError('ECONNRESET'), true],
  [{ code: '55P03', severity: 'FEHLER' }, false],
  [{ code: '57014', severity: 'FEHLER' }, false],
  [{ code: 'XX001', severity: 'ERROR' }, false],
  [{ ...ofServer('08P01', 'pq_copymsgbytes'), severity: 'FEHLER' }, false],
] as const)('%o ends the connection: %s', async (fields, ends) => {
  const ended = markPostgresErrors(() => Promise.reject(failing(fields))).catch(endsConnection)
  expect(await ended).toBe(ends)
})
