import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** The address of a proxy for this database. It shows the data of the client before it forwards them. */
export const behindProxy = async (url: string, onData: (data: Buffer, server: Socket) => void): Promise<string> => {
  const { hostname, port } = new URL(url)
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname)
    server
      .on('error', () => client.destroy())
      .on('close', () => client.destroy())
      .pipe(client)
    client.on('error', () => server.destroy()).on('close', () => server.destroy())
    client.on('data', (data: Buffer) => {
      onData(data, server)
      server.write(data)
    })
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void proxy.close())
  const address = proxy.address()
  return Object.assign(new URL(url), { port: typeof address === 'object' ? address?.port : '' }).href
}
