/** Which connections a stop closes, without a server. */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createConnections } from '../../src/http/connections.ts'

const accept = () => {
  const connections = createConnections(1)
  const socket = new Socket()
  onTestFinished(() => void socket.destroy())
  connections.accept(socket)
  return { connections, socket }
}

test('an idle connection is closed at the second drain', () => {
  const { connections, socket } = accept()
  connections.drain()
  expect(socket.destroyed).toBe(false)
  connections.drain()
  expect(socket.destroyed).toBe(true)
})

test('a connection whose response ends between two drains is closed at the next one', () => {
  const { connections, socket } = accept()
  const request = new IncomingMessage(socket)
  const response = new ServerResponse(request)
  connections.begin(request, response)
  connections.drain()
  response.emit('close')
  connections.drain()
  expect(socket.destroyed).toBe(false)
  connections.drain()
  expect(socket.destroyed).toBe(true)
})
