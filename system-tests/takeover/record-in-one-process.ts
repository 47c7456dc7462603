/** Records an earlier version in one process, whose broker stores its messages in the tables. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mapServices, mapServicesAsync } from '@quadrille/events'
import { openShop } from '@quadrille/shop-testing'
import { freePort } from '../start/free-port.ts'
import { hasRows } from './has-rows.ts'
import { neverExpires, placeMugs, type Recording, settleOrders, until } from './recording.ts'
import { store } from './stored-databases.ts'

export const recordInOneProcess = async (checkout: string, serverUrl: string): Promise<Recording> => {
  const ports = await mapServicesAsync(freePort)
  const databases = mapServices((name) => Object.assign(new URL(serverUrl), { pathname: `/quadrille_${name}` }).href)
  const variables = Object.entries(ports).map(([name, port]) => [`${name.toUpperCase()}_PORT`, String(port)])
  const child = spawn(process.execPath, ['local/src/main.ts'], {
    cwd: checkout,
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: serverUrl,
      CONSOLE: 'off',
      DEMO: 'off',
      ...neverExpires,
      ...Object.fromEntries(variables),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit')
  const shop = openShop(mapServices((name) => `http://127.0.0.1:${ports[name]}`))
  try {
    await until(() =>
      shop.setStock({ mug: 100 }).then(
        () => true,
        () => false,
      ),
    )
    const orders = {
      ...(await settleOrders(shop)),
      retried: await placeMugs(shop, 'pm_sim_flaky'),
    }
    const waitsFor = (attempts: number) => `select from retry where attempts = ${attempts} and queue = 'payment.tasks'`
    await until(() => hasRows(databases.payment, waitsFor(2)))
    const charging = await placeMugs(shop, 'pm_sim_slow')
    await until(() => hasRows(databases.payment, `select from gateway.intent where status = 'processing'`))
    child.kill('SIGKILL')
    await ended
    return {
      recordedAt: new Date().toISOString(),
      orders: { ...orders, charging },
      databases: await mapServicesAsync((name) => store(databases[name])),
      broker: null,
    }
  } finally {
    child.kill('SIGKILL')
    shop.close()
  }
}
