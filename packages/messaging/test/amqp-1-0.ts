/**
 * A sender of AMQP 1.0, for messages that no AMQP 0-9-1 client can send
 * (https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-complete-v1.0-os.pdf). RabbitMQ 4 accepts both protocols at one port.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const bytes = (...values: number[]) => Buffer.from(values)
const long = (length: number) => {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(length)
  return size
}
const sized = (type: number, content: Buffer) => Buffer.concat([bytes(type), long(content.length), content])

const nothing = bytes(0x40)
const no = bytes(0x42)
const zero = bytes(0x43)
const uint = (value: number) => Buffer.concat([bytes(0x70), long(value)])
const text = (value: string) => sized(0xb1, Buffer.from(value))
const symbol = (value: string) => sized(0xb3, Buffer.from(value))
const binary = (value: string) => sized(0xb0, Buffer.from(value))
const list = (...items: Buffer[]) => sized(0xd0, Buffer.concat([long(items.length), ...items]))
const map = (...items: Buffer[]) => sized(0xd1, Buffer.concat([long(items.length), ...items]))
const described = (code: number, value: Buffer) => Buffer.concat([bytes(0x00, 0x53, code), value])

const header = (protocol: number) => Buffer.concat([Buffer.from('AMQP'), bytes(protocol, 1, 0, 0)])
const sasl = 3
const frame = (type: number, ...body: Buffer[]) => {
  const content = Buffer.concat(body)
  return Buffer.concat([long(content.length + 8), bytes(2, type, 0, 0), content])
}

/** A UUID as the value of an application property, and a body. RabbitMQ can't convert such a value for AMQP 0-9-1. */
const message = (body: string) =>
  Buffer.concat([
    described(0x74, map(text('x'), Buffer.concat([bytes(0x98), Buffer.alloc(16, 7)]))),
    described(0x75, binary(body)),
  ])

/** Writes, and waits for an answer with this performative. */
const exchange = async (socket: Socket, written: Buffer, performative: number): Promise<void> => {
  socket.write(written)
  let received = Buffer.alloc(0)
  while (!received.includes(bytes(0x00, 0x53, performative))) {
    const [part] = await once(socket, 'data')
    received = Buffer.concat([received, part])
  }
}

/** Sends one message with a UUID as a property to an exchange. Resolves when RabbitMQ has accepted it. */
export const sendUuid = async (url: string, exchangeName: string, body: string): Promise<void> => {
  const { hostname, port, username, password, pathname } = new URL(url)
  const socket = connect(Number(port || 5672), hostname)
  await once(socket, 'connect')
  const credentials = binary(`\0${username || 'guest'}\0${password || 'guest'}`)
  await exchange(socket, header(sasl), 0x40) // mechanisms
  await exchange(socket, frame(1, described(0x41, list(symbol('PLAIN'), credentials))), 0x44) // the outcome
  socket.write(header(0))
  const vhost = `vhost:${decodeURIComponent(pathname.slice(1)) || '/'}`
  await exchange(socket, frame(0, described(0x10, list(text('test'), text(vhost)))), 0x10) // open
  await exchange(socket, frame(0, described(0x11, list(nothing, zero, uint(100), uint(100)))), 0x11) // begin
  const [source, target] = [described(0x28, list()), described(0x29, list(text(`/exchanges/${exchangeName}`)))]
  const link = [text('link'), zero, no, nothing, nothing, source, target, nothing, nothing, zero]
  await exchange(socket, frame(0, described(0x12, list(...link))), 0x13) // attach, answered by credit
  const transfer = described(0x14, list(zero, zero, binary('1'), zero, no, no))
  await exchange(socket, frame(0, transfer, message(body)), 0x15) // the disposition
  socket.destroy()
}
