/** A proxy in front of RabbitMQ that drops or changes the broker's frames, to reproduce rare behaviour. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'

export interface FrameProxy {
  readonly url: string
  readonly close: () => Promise<void>
}

/** Returns the replacement of a frame, or null to drop it. */
export type Edit = (frame: Buffer) => Buffer | null

export const frameProxy = async (brokerUrl: string, edit: Edit): Promise<FrameProxy> => {
  const url = new URL(brokerUrl)
  const port = Number(url.port)
  const open = new Set<Socket>()
  const server = createServer({ noDelay: true }, (client) => {
    const broker = connect({ host: '127.0.0.1', port, noDelay: true })
    for (const socket of [client, broker]) open.add(socket.on('close', () => open.delete(socket)))
    const end = () => {
      client.destroy()
      broker.destroy()
    }
    pipeline(client, broker).then(end, end)
    pipeline(broker, edited(edit), client).then(end, end)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url.port = String(typeof address === 'object' ? address?.port : '')
  return {
    url: url.href,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

/**
 * The header of an AMQP 0-9-1 frame (section 2.3.5): type, channel and size before its payload. One octet follows it.
 */
const headerSize = 7

const edited = (edit: Edit) =>
  async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let rest: Buffer = Buffer.alloc(0)
    for await (const chunk of source) {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= headerSize && rest.length >= sizeOf(rest)) {
        const frame = edit(rest.subarray(0, sizeOf(rest)))
        rest = rest.subarray(sizeOf(rest))
        if (frame) yield frame
      }
    }
  }

const sizeOf = (frame: Buffer): number => headerSize + frame.readUInt32BE(3) + 1

const isMethod = (frame: Buffer, classId: number, methodId: number): boolean =>
  frame[0] === 1 && frame.readUInt16BE(headerSize) === classId && frame.readUInt16BE(headerSize + 2) === methodId

/** basic.cancel: the broker cancels a consumer. */
export const isCancel = (frame: Buffer): boolean => isMethod(frame, 60, 30)

/** basic.ack: the broker confirms a message. */
export const isAck = (frame: Buffer): boolean => isMethod(frame, 60, 80)

/** queue.declare-ok: the broker's answer with the depth of a queue. */
export const isDeclareOk = (frame: Buffer): boolean => isMethod(frame, 50, 11)

/** The queue.declare-ok with 0 messages and 0 consumers: its last eight octets before the frame's end. */
export const withZeroCounts = (declareOk: Buffer): Buffer =>
  Buffer.from(declareOk).fill(0, declareOk.length - 9, declareOk.length - 1)
