/** Messages with an address and a payment method fail in every way. Neither appears in logs, traces, headers or responses. */

import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { choreography, serviceNames } from '@quadrille/events'
import { directExchange, queueNamesOf, topologyOf } from '@quadrille/messaging'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { openReceiver } from '@quadrille/trace'
import { connect } from 'amqplib'
import { expect, inject, onTestFinished, test } from 'vitest'
import { startProcesses } from '../systems.ts'

const canary = 'canary5b1c'
const addresses = { greylisted: `greylisted.${canary}@example.com`, refused: `refused.${canary}@example.com` }
const method = `pm_${canary}`

/** A mail server that accepts no recipient, with replies like Postfix. */
const startMailServer = async (): Promise<string> => {
  const server = createServer((socket) => {
    const ignore = () => undefined // a client that disconnects
    socket.on('error', ignore)
    const answer = (line: string) => socket.write(`${line}\r\n`)
    answer('220 mail.example.com ESMTP')
    const lines = createInterface({ input: socket }).on('error', ignore) // which it emits for its socket
    lines.on('line', (line) => {
      const [, to = ''] = /^RCPT TO:<(.*)>/i.exec(line) ?? []
      if (to.startsWith('greylisted')) answer(`450 4.2.0 <${to}>: Recipient address rejected: Greylisted`)
      else if (to) answer(`550 5.1.1 <${to}>: Recipient address rejected: User unknown`)
      else answer(line.startsWith('QUIT') ? '221 2.0.0 Bye' : '250 2.1.0 Ok')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

/** Collects the headers of all copies that services send to their own queues, and publishes as the order service. */
const joinRabbitMq = async (url: string) => {
  const connection = await connect(url)
  onTestFinished(() => connection.close())
  const channel = await connection.createChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  for (const service of Object.values(choreography)) {
    for (const key of queueNamesOf(topologyOf(service, choreography)))
      await channel.bindQueue(queue, directExchange(service.name), key)
  }
  const headers: object[] = []
  await channel.consume(queue, (copy) => copy && headers.push(copy.properties.headers ?? {}), { noAck: true })
  return { headers, publish: (body: string) => channel.publish('order.events', '', Buffer.from(body)) }
}

const post = async (url: string, body: object): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

const orderOf = (email: string) => ({
  customer: { id: 'ada', email },
  currency: 'EUR',
  lines: [{ sku: 'mug', quantity: 1, unitPrice: 100 }],
  payment: { method },
})

const get = async (url: string): Promise<string> => (await fetch(url)).text()

test('no address and no payment method is in a log, span, header, metric, error or dead letter', async () => {
  const receiver = await openReceiver()
  onTestFinished(() => receiver.close())
  const log: string[] = []
  const system = await startProcesses(inject('postgresUrl'), inject('rabbitmqUrl'), {
    common: {
      SMTP_URL: await startMailServer(),
      MAIL_FROM: 'shop@example.com',
      RETRY_ATTEMPTS: '2',
      LOG_LEVEL: 'debug',
      ORDER_CHECK: 'off', // the SKU is not in the catalog
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '200', // ms
    },
    onLine: (line) => log.push(line),
  })
  onTestFinished(() => system.drop())
  const urls = log.flatMap((line) => /"url":"(http:[^"]+)".*"msg":"listening"/.exec(line)?.[1] ?? [])
  expect(urls).toHaveLength(serviceNames.length)
  const ready = async (url: string) => JSON.parse(await get(`${url}/health/ready`)).status === 'ready'
  for (const url of urls) await waitUntil(() => ready(url))
  const { headers, publish } = await joinRabbitMq(system.amqpUrl ?? '')
  const answers: string[] = []

  const refused = await post(`${system.urls.order}/orders`, orderOf(`${canary}@@example.com`))
  expect(refused.status).toBe(422)
  answers.push(await refused.text())
  for (const address of Object.values(addresses))
    expect((await post(`${system.urls.order}/orders`, orderOf(address))).status).toBe(202)
  const text = JSON.stringify(orderOf(addresses.refused))
  publish(text)
  publish(text.slice(0, -5))
  publish(`email=${addresses.refused}&method=${method}`)
  publish(JSON.stringify({ note: text, type: addresses.refused, [addresses.refused]: 1 }))

  await waitFor(() => expect(log.join('\n')).toContain('EENVELOPE 450 4.2.0'))
  await waitFor(() => expect(JSON.stringify(headers)).toContain('EENVELOPE 450 4.2.0'))
  await waitFor(async () => {
    const notifications = await Promise.all(urls.map((url) => get(`${url}/notifications?limit=100`)))
    expect(notifications.join().match(/"failed"/g)?.length).toBe(2) // the greylisted ones are retried for a day
  })
  for (const url of [system.urls.payment, system.urls.inventory]) {
    const parked = async () => (await get(`${url}/dead-letters?status=parked`)).match(/"id":"[^"]+/g) ?? []
    await waitFor(async () => expect(await parked()).toHaveLength(4))
    const ids = (await parked()).map((found) => found.slice(6))
    for (const id of ids) {
      const replay = `${url}/dead-letters/${id}/replay`
      answers.push(await get(`${url}/dead-letters/${id}`), await (await post(replay, { dryRun: true })).text())
      expect((await post(replay, {})).status).toBe(202)
    }
    await waitFor(async () => expect(await parked()).toHaveLength(4))
    answers.push(await (await post(`${url}/dead-letters/replay`, { dryRun: true })).text())
  }
  for (const url of urls) {
    for (const path of ['dead-letters', 'dead-letters/groups', 'metrics', 'health/ready', 'notifications?limit=100'])
      answers.push(await get(`${url}/${path}`))
  }
  expect(await system.stop()).toEqual(serviceNames.map(() => 0))

  expect(receiver.spans.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['process Notify', 'POST /orders', 'POST /dead-letters/:id/replay']),
  )
  expect(answers.join('\n')).toContain('***')
  for (const [what, read] of Object.entries({ log, headers, answers, spans: receiver.exports }))
    expect(
      read.filter((each) => JSON.stringify(each).includes(canary)),
      what,
    ).toEqual([])
})
