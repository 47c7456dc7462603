/** RabbitMQ does not answer. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { createVhost, isAck, proxyTo, type TcpProxy, type Vhost } from '@quadrille/testing'
import type { ChannelModel } from 'amqplib'
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest'
import { aMessage, aService, ids, memoryStores, outbox, unique, until } from '../conformance/index.ts'
import { createConnectAttempts } from '../src/amqp/connect-attempts.ts'
import { AmqpParticipant } from '../src/amqp/participant.ts'
import { AmqpPublisher } from '../src/amqp/publisher/publisher.ts'
import { type Fail, ReconnectingConnection, type ReconnectingOptions, socketOf } from '../src/amqp/reconnecting.ts'
import { declareTopology } from '../src/amqp/topology/declare.ts'
import { inboxOf, Unconfirmed } from '../src/index.ts'

let vhost: Vhost
let proxy: TcpProxy

beforeAll(async () => {
  vhost = await createVhost(inject('rabbitmqUrl'))
  proxy = await proxyTo(vhost.url)
})

afterAll(async () => {
  await proxy.close()
  await vhost.drop()
})

/** A connection that is reopened. */
const reconnecting = async (
  url: string,
  prepare: ReconnectingOptions['prepare'],
  errors: unknown[] = [],
  options: Partial<ReconnectingOptions> = {},
) => {
  const connection = new ReconnectingConnection({
    url,
    name: 'unanswered',
    connectTimeoutMs: 60_000,
    backoff,
    attempts: createConnectAttempts(backoff),
    prepare,
    onError: (error) => errors.push(error),
    onConnected: () => undefined,
    ...options,
  })
  onTestFinished(() => connection.close())
  connection.start()
  await until(() => connection.down()).toBeNull()
}

const backoff = { firstMs: 10, maxMs: 50, random: () => 1 }

/** The URL of the broker through a proxy. Without heartbeats if the interval is 0, s. */
const proxiedUrl = (port: number, heartbeat: number): string => {
  const url = new URL(vhost.url)
  url.port = String(port)
  url.searchParams.set('heartbeat', String(heartbeat))
  return url.href
}

/** The URL of a name with two addresses. */
const clusterUrl = (port: number): string => {
  const url = new URL(proxiedUrl(port, 0))
  url.hostname = 'rabbitmq'
  return url.href
}

const nodes = ['127.0.0.2', '127.0.0.1'].map((address) => ({ address, family: 4 }))
const lookup: ReconnectingOptions['lookup'] = (_name, _options, callback) => callback(null, nodes)

/** A proxy that loses what the first connection sends from the time when it opens a channel. */
const networkThatLosesFirst = async () => {
  let first: Socket | undefined
  const server = createServer((client) => {
    const broker = connect({ host: '127.0.0.1', port: Number(new URL(vhost.url).port) })
    client.on('data', (chunk) => {
      if (chunk.includes(channelOpen)) first ??= client
      if (client !== first) broker.write(chunk)
    })
    broker.pipe(client)
    client.on('error', () => undefined).on('close', () => broker.destroy())
    broker.on('error', () => undefined).on('close', () => client.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return { port: (server.address() as AddressInfo).port }
}

/** The class and the method of channel.open (AMQP 0-9-1, section 1.5). */
const channelOpen = Buffer.from([0, 20, 0, 10])

/** A proxy that can become silent, like a lost network: it forwards neither data nor the ends of connections. */
const networkToLose = async () => {
  let isLost = false
  const sockets: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const broker = connect({ host: '127.0.0.1', port: Number(new URL(vhost.url).port) })
    const forward = (from: Socket, to: Socket) => {
      sockets.push(from.on('error', () => undefined)) // 'close' follows
      from.on('data', (chunk) => isLost || to.write(chunk))
      from.on('close', () => isLost || to.destroy())
    }
    forward(client, broker)
    forward(broker, client)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { port: (server.address() as AddressInfo).port, lose: () => (isLost = true) }
}

it('a connection whose close is not answered ends here, with its open calls', async () => {
  const opened: { readonly connection: ChannelModel; readonly fail: Fail }[] = []
  onTestFinished(() => proxy.release())
  await reconnecting(proxiedUrl(proxy.port, 0), async (connection, fail) => void opened.push({ connection, fail }))
  const [{ connection, fail } = expect.fail('it is connected')] = opened
  const channel = await connection.createChannel()
  const ended: string[] = []
  connection.on('close', () => ended.push('connection'))
  proxy.hold('to the server')
  channel.checkQueue('any').catch(() => ended.push('call'))
  fail(new Error('failed by the test'))
  await until(() => ended.toSorted()).toEqual(['call', 'connection'])
  proxy.release()
  await until(() => opened.length).toBe(2)
})

it('another node with the same name is tried if one accepts connections, but does not answer', async () => {
  const accepted: Socket[] = []
  const hung = createServer((socket) => void accepted.push(socket.on('error', () => undefined)))
  await once(hung.listen(proxy.port, '127.0.0.2'), 'listening')
  onTestFinished(() => {
    hung.close()
    for (const socket of accepted) socket.destroy()
  })
  const errors: unknown[] = []
  await reconnecting(clusterUrl(proxy.port), async () => undefined, errors, { connectTimeoutMs: 1_000, lookup })
  expect(accepted.length).toBeGreaterThanOrEqual(1) // a busy broker may not answer in time either
  expect(String(errors[0])).toBe('Error: connect ETIMEDOUT')
})

it('another node with the same name is tried if a connection to one does not become usable', async () => {
  const port = Number(new URL(vhost.url).port)
  const other = createServer((client) =>
    pipeline(client, connect({ host: '127.0.0.1', port }), client, () => undefined),
  )
  await once(other.listen(port, '127.0.0.2'), 'listening')
  onTestFinished(() => void other.close())
  const tried: unknown[] = []
  const prepare = async (connection: ChannelModel) => {
    const { remoteAddress } = socketOf(connection)
    tried.push(remoteAddress)
    if (remoteAddress === '127.0.0.2') throw new Error('no leader')
  }
  await reconnecting(clusterUrl(port), prepare, [], { lookup })
  expect(tried).toEqual(['127.0.0.2', '127.0.0.1'])
})

it('a connection that waits for its turn to declare has its full time afterwards', async () => {
  const network = await networkThatLosesFirst()
  const errors: { readonly message: string; readonly atMs: number }[] = []
  const participant = new AmqpParticipant(aService(unique('waiting')), {
    url: proxiedUrl(network.port, 0),
    stores: memoryStores(),
    lossDetectionMs: 0,
    copyTimeoutMs: 500,
    stepTimeoutMs: 6_000,
    backoff,
    attempts: createConnectAttempts(backoff),
    onConnected: () => undefined,
    onError: (error) => errors.push({ message: String(error), atMs: performance.now() }),
    left: () => undefined,
  })
  onTestFinished(() => participant.leave())
  await until(() => participant.disconnected()).toBeNull()
  const soonMs = (errors[0]?.atMs ?? 0) + 5_900 // a pause of the machine may take its full time
  expect(errors.filter(({ atMs }) => atMs < soonMs).map(({ message }) => message)).toEqual([
    'Error: not ready within 6 s',
  ])
})

it('the socket of a connection whose heartbeats are missed is destroyed', async () => {
  const opened: ChannelModel[] = []
  const errors: unknown[] = []
  const network = await networkToLose()
  await reconnecting(proxiedUrl(network.port, 1), async (connection) => void opened.push(connection), errors)
  const [connection = expect.fail('it is connected')] = opened
  network.lose()
  await until(() => errors.map(String)).toEqual(['Error: Heartbeat timeout'])
  await until(() => socketOf(connection).destroyed).toBe(true)
})

it('nothing is sent while an alarm of RabbitMQ blocks the connection, and messages are confirmed afterwards', async () => {
  const opened: ChannelModel[] = []
  const topology = aService(unique('alarmed'))
  const publisher = new AmqpPublisher({ topology, backoff, down: () => null })
  await reconnecting(vhost.url, async (connection, fail) => {
    await declareTopology(connection, topology, (error) => expect.fail(error.message))
    await publisher.open(connection, fail)
    opened.push(connection)
  })
  const [connection = expect.fail('it is connected')] = opened
  const inbox = { exchange: topology.direct, routingKey: inboxOf(topology.service) }
  await until(() => publisher.waitingFor()).toBeNull()
  connection.emit('blocked', 'low on memory') // as amqplib does: an alarm would block all tests of the run
  expect(publisher.waitingFor()).toBe('RabbitMQ has blocked publishing: low on memory')
  await expect(publisher.publish(inbox, aMessage('m1'))).rejects.toBeInstanceOf(Unconfirmed)
  connection.emit('unblocked')
  await publisher.publish(inbox, aMessage('m1'))
})

it('a connection on which messages are not confirmed ends, and a new one confirms', async () => {
  let isConfirming = false
  const deaf = await proxyTo(vhost.url, (frame) => (isAck(frame) && !isConfirming ? null : frame))
  onTestFinished(() => deaf.close())
  const topology = aService(unique('deaf'))
  const { service, direct } = topology
  const publisher = new AmqpPublisher({ topology, backoff, down: () => null, confirmTimeoutMs: 3_000 })
  const errors: unknown[] = []
  const open: ReconnectingOptions['prepare'] = async (connection, fail) => {
    await declareTopology(connection, topology, (error) => expect.fail(error.message))
    await publisher.open(connection, fail)
  }
  await reconnecting(deaf.url, open, errors)
  const inbox = { exchange: direct, routingKey: inboxOf(service) }
  await until(() => publisher.waitingFor()).toBeNull()
  for (const outcome of await Promise.allSettled(ids(3).map((id) => publisher.publish(inbox, aMessage(id)))))
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(Unconfirmed) })
  await until(() => String(errors[0])).toBe('Error: RabbitMQ has not confirmed a message for 3 s')
  isConfirming = true
  await outbox(publisher, inbox, ids(3))
})
