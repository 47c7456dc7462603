import { createLogger } from '@quadrille/service/tools'
import { describe, expect, test } from 'vitest'
import { formatLogLine } from '../../src/terminal/log-line.ts'
import { coloured, plain } from '../../src/terminal/style.ts'

/** The text of the lines that a service writes to its log. */
const textOf = (write: (log: ReturnType<typeof createLogger>) => void, style = plain): string => {
  const lines: string[] = []
  const destination = { write: (json: string) => void lines.push(formatLogLine(json, style)) }
  write(createLogger('info', { redactText: (text) => text }, destination).child({ service: 'payment' }))
  return lines.join('\n').replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, 'TIME')
}

describe('a log line for a person', () => {
  test('has the time, the level, the service, the message and the other fields', () => {
    expect(textOf((log) => log.warn({ queue: 'payment.tasks', attempts: 3 }, 'a task waits'))).toBe(
      'TIME  WARN   payment  a task waits  queue=payment.tasks  attempts=3',
    )
  })

  test('has its error with the stack and the causes below', () => {
    const cause = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' })
    const [first, second, ...others] = textOf((log) =>
      log.error({ err: new Error('no charge', { cause }) }, 'a task failed'),
    ).split('\n')
    expect(first).toBe('TIME  ERROR  payment  a task failed')
    expect(second).toBe('    Error: no charge')
    expect(others[0]).toMatch(/^ {8}at .+log-line\.unit\.test\.ts/)
    expect(others.join('\n')).toMatch(/\n {4}caused by Error: connect failed\n {4}code: ECONNREFUSED/)
  })

  test('contains no escape sequence of others', () => {
    const text = textOf((log) => log.warn({ carrier: '\u001b[2Jx', err: 'one\u0007\ntwo' }, 'three\rfour'))
    expect(text).toBe('TIME  WARN   payment  three\\u000dfour  carrier=\\u001b[2Jx\n    one\\u0007\n    two')
  })

  test('has colours only if the terminal has', () => {
    expect(textOf((log) => log.warn('slow'), coloured)).toContain('\u001b[33mWARN \u001b[39m')
    expect(textOf((log) => log.warn('slow'))).not.toContain('\u001b')
  })

  test('is printed as it is if it is not JSON', () => {
    expect(formatLogLine('not JSON\u001b[2J\n', plain)).toBe('not JSON\\u001b[2J')
    expect(formatLogLine('[1]', plain)).toBe('[1]')
  })
})
