/** The ports of the peer, which its two processes agree upon by a file in their common folder. */
import { once } from 'node:events'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { dataFolder } from '../shop/environment.ts'

export interface Ports {
  readonly admin: number
  readonly ingress: number
  /** Between the nodes of a cluster. */
  readonly node: number
  /** The handlers of the shop. */
  readonly handlers: number
}

const retryMs = 20

const file = (): string => `${dataFolder()}/ports.json`

/** The ports of an earlier start, because invocations in progress contain the address of their handler. Otherwise free ones. */
export const choosePorts = async (): Promise<Ports> => {
  if (existsSync(file())) return readPorts()
  const servers = [1, 2, 3, 4].map(() => createServer().listen(0, '127.0.0.1'))
  const [admin = 0, ingress = 0, node = 0, handlers = 0] = await Promise.all(
    servers.map(async (server) => {
      await once(server, 'listening')
      const address = server.address()
      return typeof address === 'object' && address !== null ? address.port : 0
    }),
  )
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  const ports = { admin, ingress, node, handlers }
  writeFileSync(`${file()}.new`, JSON.stringify(ports))
  renameSync(`${file()}.new`, file()) // a reader sees all of it or nothing
  return ports
}

const readPorts = (): Ports => JSON.parse(readFileSync(file(), 'utf8'))

/** Waits until the process of the server has chosen the ports. */
export const portsOfServer = async (): Promise<Ports> => {
  while (!existsSync(file())) await pause(retryMs)
  return readPorts()
}
