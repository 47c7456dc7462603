/** Instances of services that a test answers for. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mapServices, serviceNames } from '@quadrille/events'
import { seeded } from '@quadrille/testing'
import { onTestFinished } from 'vitest'
import { startLoad } from '../src/load/load-driver.ts'
import type { Instance } from '../src/world/instance.ts'

const serve = async (answer: RequestListener): Promise<string> => {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Two instances of each service. All with the same number have the same answers. Nothing else is started: a signal is a note. */
export const instancesThatAnswer = async (answers: readonly RequestListener[]) => {
  const signals: string[] = []
  const urls = await Promise.all(answers.map(serve))
  const instances = serviceNames.flatMap((service) =>
    urls.map((url, index) => ({
      ...{ service, url, number: index + 1, name: `${service}-${index + 1}` },
      signal: (name: string) => signals.push(name) > 0,
    })),
  )
  return { instances: instances as unknown as Instance[], signals }
}

/** The load on them. There is no Postgres: it stays unavailable. */
export const loadOn = async (instances: readonly Instance[]) => {
  const databases = mapServices(() => 'postgres://nobody@127.0.0.1:1/none')
  const options = { random: seeded(1), now: () => performance.now(), signal: new AbortController().signal }
  const driver = await startLoad({ instances, databases }, options)
  onTestFinished(() => driver.close())
  return driver
}
