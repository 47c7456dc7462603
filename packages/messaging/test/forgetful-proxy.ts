/** A proxy before RabbitMQ that swallows each basic.cancel: so the broker ends a consumer, and the consumer doesn't hear of it. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'

export interface ForgetfulProxy {
  readonly url: string
  /** How many cancellations it has swallowed. */
  readonly swallowed: () => number
  readonly close: () => Promise<void>
}

export const forgetfulProxy = async (brokerUrl: string): Promise<ForgetfulProxy> => {
  const url = new URL(brokerUrl)
  const port = Number(url.port)
  const open = new Set<Socket>()
  let swallowed = 0
  const isKept = (frame: Buffer) => {
    const isCancel = isBasicCancel(frame)
    if (isCancel) swallowed += 1
    return !isCancel
  }
  const server = createServer({ noDelay: true }, (client) => {
    const broker = connect({ host: '127.0.0.1', port, noDelay: true })
    for (const socket of [client, broker]) open.add(socket.on('close', () => open.delete(socket)))
    const end = () => {
      client.destroy()
      broker.destroy()
    }
    pipeline(client, broker).then(end, end)
    pipeline(broker, framesThat(isKept), client).then(end, end)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url.port = String(typeof address === 'object' ? address?.port : '')
  return {
    url: url.href,
    swallowed: () => swallowed,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

/** Of an AMQP 0-9-1 frame (section 2.3.5): type, channel and size before its payload, and one octet after it. */
const headerSize = 7

const framesThat = (isKept: (frame: Buffer) => boolean) =>
  async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let rest: Buffer = Buffer.alloc(0)
    for await (const piece of source) {
      rest = Buffer.concat([rest, piece])
      while (rest.length >= headerSize && rest.length >= sizeOf(rest)) {
        const frame = rest.subarray(0, sizeOf(rest))
        rest = rest.subarray(frame.length)
        if (isKept(frame)) yield frame
      }
    }
  }

const sizeOf = (frame: Buffer): number => headerSize + frame.readUInt32BE(3) + 1

/** A method frame (type 1) of the class basic (60), method cancel (30). */
const isBasicCancel = (frame: Buffer): boolean =>
  frame[0] === 1 && frame.readUInt16BE(headerSize) === 60 && frame.readUInt16BE(headerSize + 2) === 30
