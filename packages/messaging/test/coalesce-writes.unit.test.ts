import { Writable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { coalesceWrites } from '../src/amqp/coalesce-writes.ts'

/** A socket that records what each system call sends. */
const aSocket = () => {
  const calls: string[] = []
  const socket = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      calls.push(chunk)
      done()
    },
    writev: (chunks, done) => {
      calls.push(chunks.map(({ chunk }) => chunk).join(''))
      done()
    },
  })
  coalesceWrites(socket)
  return { socket, calls }
}

it('sends the writes of one turn of the event loop in one call, also those after an await', async () => {
  const { socket, calls } = aSocket()
  socket.write('method;')
  await Promise.resolve()
  socket.write('header;')
  socket.write('body')
  await nextTurn()
  expect(calls).toEqual(['method;header;body'])
})

it('sends the writes of a later turn at the end of that turn', async () => {
  const { socket, calls } = aSocket()
  socket.write('one')
  await nextTurn()
  socket.write('two')
  await nextTurn()
  expect(calls).toEqual(['one', 'two'])
})

it('sends everything before the socket ends', async () => {
  const { socket, calls } = aSocket()
  socket.write('last words;')
  socket.end('end')
  await nextTurn()
  expect(calls.join('')).toBe('last words;end')
})
