/**
 * A handler that throws is a bug. It ends the process, with its stack, and is never treated as a failure of the
 * message.
 */
import { execFile } from 'node:child_process'
import { createVhost } from '@quadrille/testing'
import { expect, inject, it } from 'vitest'

const messaging = new URL('../src/index.ts', import.meta.url).href

/** A process that sends itself a message whose handler throws. */
const program = (broker: string) => `
  import { ${broker.slice(0, broker.indexOf('('))} } from '${messaging}'
  const onError = () => undefined
  const participant = ${broker}.join(
    {
      service: 'buggy',
      essential: true,
      ...{ events: 'buggy.events', direct: 'buggy.direct', fanout: null, deadLetterQueue: 'buggy.dead', requiredInboxes: [] },
      queues: [{ name: 'buggy.inbox', exchanges: [] }],
    },
    {
      retries: { add: async () => {}, take: async () => [], remove: async () => {}, countCrashes: async () => {} },
      deadLetters: { add: async () => {} },
    },
  )
  const handle = () => { throw new Error('a bug in the handler') }
  participant.consume('buggy.inbox', handle, { prefetch: 1 })
  setTimeout(() => process.exit(99), 120_000)
  const message = { id: 'm1', type: 'T', correlationId: '', appId: '', contentType: '', timestamp: new Date(), headers: {} }
  const send = () =>
    participant.publisher
      .publish({ exchange: 'buggy.direct', routingKey: 'buggy.inbox' }, { ...message, body: new Uint8Array() })
      .catch(() => setTimeout(send, 5))
  send()
`

const run = (broker: string): Promise<{ code: unknown; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '--eval', program(broker)], (error, _stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    )
  })

it('ends a process with the in-process broker', async () => {
  const { code, stderr } = await run('inProcessBroker({ onError })')
  expect(stderr).toContain('a bug in the handler')
  expect(code).toBe(1)
})

it('ends a process with RabbitMQ', async () => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  const { code, stderr } = await run(`amqpBroker('${vhost.url}', { onError })`)
  expect(stderr).toContain('a bug in the handler')
  expect(code).toBe(1)
  await vhost.drop()
})
