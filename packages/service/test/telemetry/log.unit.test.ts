/** A stack is logged for what may be a fault of this program, and for nothing else. */
import { expect, test } from 'vitest'
import { TaskError } from '../../src/errors/task-fault.ts'
import { serializeError } from '../../src/telemetry/log.ts'

const withCode = (code: string) => Object.assign(new Error('as an example'), { code })

test.each([
  ['an answer of the outside', new TaskError('sim_6 is being processed', { outage: false })],
  ['an outage of the outside', new TaskError('no answer', { outage: true })],
  ['a lost connection', withCode('ECONNRESET')],
  ['a name that is not found', withCode('EAI_AGAIN')],
  ['a Postgres that shuts down', withCode('57P01')],
])('%s has no stack', (_, error) => {
  expect(serializeError(error, { redactText: (text) => text })).not.toHaveProperty('stack')
})

test.each([
  ['an error of the code', new TypeError('x is not a function')],
  ['an error of Node', withCode('ERR_INVALID_ARG_TYPE')],
  ['an error in a statement', withCode('42601')],
])('%s has one', (_, error) => {
  expect(serializeError(error, { redactText: (text) => text })).toHaveProperty('stack')
})
