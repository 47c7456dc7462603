/** The stop of the example that runs all its services in one process. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, onTestFinished, test } from 'vitest'
import { isRunning } from './processes.ts'
import { serverIn } from './server-in.ts'
import { newFolder, startIn, untilPrinted } from './started.ts'

/** Begins a request, and does not end it: a stop waits for it, for 3 s. */
const beginRequest = async (url: string): Promise<Socket> => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  const head = ['PUT /loans/1 HTTP/1.1', 'host: 127.0.0.1', 'content-type: application/json', 'content-length: 2']
  socket.write(`${head.join('\r\n')}\r\nexpect: 100-continue\r\n\r\n`)
  await once(socket, 'data') // 100: the service has the request
  return socket
}

test('further signals during a stop change nothing', async () => {
  const folder = newFolder()
  const library = startIn(folder, ['examples/library/src/main.ts'], { PORT: '0' })
  await untilPrinted(library, 'The library is open.')
  const { pid } = serverIn(folder)
  const url = /loans +(http:\/\/\S+)\/docs/.exec(library.output())?.[1] ?? ''
  const request = await beginRequest(url)
  library.child.kill('SIGINT')
  await waitFor(() => expect(fetch(url)).rejects.toThrow())
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGHUP'] as const) library.child.kill(signal)
  request.destroy()
  expect(await library.exit).toBe(0)
  expect(isRunning(pid)).toBe(false)
})
