/** A stack is logged only for an error that the code may have caused. */
import { expect, test } from 'vitest'
import { TaskError } from '../../src/errors/task-fault.ts'
import { serializeError } from '../../src/telemetry/log.ts'

const withCode = (code: string) => Object.assign(new Error('as an example'), { code })

test.each([
  ['an error response of an external system', new TaskError('sim_6 is being processed', { outage: false })],
  ['an outage of an external system', new TaskError('no answer', { outage: true })],
  ['a lost connection', withCode('ECONNRESET')],
  ['a name that is not found', withCode('EAI_AGAIN')],
  ['a shutdown of Postgres', withCode('57P01')],
])('%s is logged without a stack', (_, error) => {
  expect(serializeError(error, { redactText: (text) => text })).not.toHaveProperty('stack')
})

test.each([
  ['an error in the code', new TypeError('x is not a function')],
  ['an error of Node', withCode('ERR_INVALID_ARG_TYPE')],
  ['an error in a statement', withCode('42601')],
])('%s is logged with a stack', (_, error) => {
  expect(serializeError(error, { redactText: (text) => text })).toHaveProperty('stack')
})
