/** RabbitMQ 4 closes the connection of each AMQP 0-9-1 consumer that it can't convert a message of AMQP 1.0 for. */
import { randomUUID } from 'node:crypto'
import { brokerVersion, createVhost, manage } from '@quadrille/testing'
import { connect } from 'amqplib'
import { expect, inject, it, onTestFinished } from 'vitest'
import { ackAll, ids, memoryStores, observe, until } from '../conformance/index.ts'
import { amqpBroker, definitionsOf, eventsExchange, inboxOf, topologyOf, unrouted } from '../src/index.ts'
import { sendUuid } from './amqp-1-0.ts'
import { choreography } from './choreography.ts'

const version = await brokerVersion(inject('rabbitmqUrl'))
const hasBothProtocols = Number.parseInt(version, 10) >= 4

/** A virtual host with the definitions of the choreography. */
const withDefinitions = async () => {
  const serverUrl = inject('rabbitmqUrl')
  const vhost = await createVhost(serverUrl)
  const accountOf = (service: string) => ({ user: `${service}-${vhost.name}`, password: randomUUID() })
  onTestFinished(async () => {
    await vhost.drop()
    for (const name of Object.keys(choreography)) await manage(serverUrl, `DELETE /api/users/${accountOf(name).user}`)
  })
  await manage(
    serverUrl,
    'POST /api/definitions',
    definitionsOf({ services: choreography, vhost: vhost.name, accountOf }),
  )
  return vhost
}

it.runIf(hasBothProtocols)('only such a message ends in unrouted, and all others are handled', async () => {
  const { url } = await withDefinitions()
  const topology = topologyOf(choreography.reminders, choreography)
  const join = () => {
    const broker = amqpBroker(url, { onError: () => undefined, reconnectMaxMs: 100 })
    onTestFinished(() => broker.close())
    return { broker, participant: broker.join(topology, memoryStores()) }
  }
  const first = join()
  await until(() => first.participant.disconnected()).toBeNull()
  await first.broker.close() // everything is declared now
  await sendUuid(url, eventsExchange('fees'), 'poison')
  const connection = await connect(url)
  onTestFinished(() => connection.close())
  const channel = await connection.createChannel()
  for (const messageId of ids(30)) channel.publish(eventsExchange('fees'), '', Buffer.from('{}'), { messageId })
  const { deliveries } = observe(join().participant, inboxOf('reminders'), { prefetch: 250, handle: ackAll })
  const depth = async (queue: string) => (await channel.checkQueue(queue)).messageCount
  const handled = () => new Set(deliveries.map(({ message }) => message.id))
  const progress = async () => ({
    handled: handled().size,
    dead: await depth('reminders.dead'),
    last: await depth(unrouted),
  })
  await expect.poll(progress, { timeout: 280_000 }).toEqual({ handled: 30, dead: 0, last: 1 })
})
