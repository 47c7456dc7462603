import { once } from 'node:events'
import { createServer } from 'node:net'
import { serviceNames, shop } from '@quadrille/events'
import { expect, onTestFinished, test } from 'vitest'
import { checkPorts } from '../src/check-ports.ts'
import { runsConsole } from '../src/console.ts'
import { runsDemo } from '../src/demo/runs-demo.ts'
import { help, portVariableOf, readFlags, readOptions, variables } from '../src/options.ts'

const free = {
  CONSOLE_PORT: '0',
  DEMO_PORT: '0',
  ...Object.fromEntries(serviceNames.map((name) => [portVariableOf(name), '0'])),
}

const listening = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  return String(typeof address === 'object' ? address?.port : address)
}

test('--help lists every variable', () => {
  for (const name of Object.keys(variables.shape)) expect(help()).toContain(`\n  ${name} `)
})

test('each wrong variable is reported in one line', () => {
  expect(() => readOptions({ ORDER_PORT: 'x', DATABASE_URL: 'mysql://localhost' })).toThrow(
    /^ORDER_PORT is wrong: .+\nDATABASE_URL is wrong: .+$/,
  )
})

test('the newest versions of events are published, unless others are set', () => {
  expect(readOptions({}).PUBLISH_VERSIONS).toEqual(shop.newestVersions())
  expect(readOptions({ PUBLISH_VERSIONS: 'PaymentDeclined:1' }).PUBLISH_VERSIONS).toEqual({ PaymentDeclined: 1 })
})

test('an unknown flag is refused', () => {
  expect(readFlags(['--reset'])).toEqual({ help: false, reset: true })
  expect(() => readFlags(['--rest'])).toThrow("Unknown option '--rest'")
})

test('a port in use is reported with its variable', async () => {
  const port = await listening()
  await expect(checkPorts(readOptions({ ...free, PAYMENT_PORT: port }))).rejects.toThrow(
    `port ${port} is in use: stop the other program, or set PAYMENT_PORT to another port`,
  )
})

test('two services on one port are refused', async () => {
  const two = readOptions({ ...free, ORDER_PORT: '3999', INVENTORY_PORT: '3999' })
  await expect(checkPorts(two)).rejects.toThrow(
    /^INVENTORY_PORT and ORDER_PORT are both 3999: set one of them to another port$/,
  )
})

test('the console has its own port, and beyond the loopback it does not run', async () => {
  const port = await listening()
  await expect(checkPorts(readOptions({ ...free, CONSOLE_PORT: port }))).rejects.toThrow(
    'set CONSOLE_PORT to another port',
  )
  await checkPorts(readOptions({ ...free, CONSOLE_PORT: port, CONSOLE: 'off' }))
  const exposed = readOptions({ ...free, CONSOLE_PORT: port, HOST: '0.0.0.0', AUTH: 'off', ADMIN_PORT: '0' })
  expect(runsConsole(exposed)).toBe(false)
  await checkPorts(exposed)
})

test('the demo control runs with the demo catalog and its own servers unless it is off, and never beyond the loopback', async () => {
  const runs = (env: Record<string, string>) => runsDemo(readOptions(env))
  expect([{}, { SEED: 'none', DEMO: 'on' }].map(runs)).toEqual([true, true])
  expect([{ DEMO: 'off' }, { SEED: 'none' }].map(runs)).toEqual([false, false])
  const shared = [{ AMQP_URL: 'amqp://broker' }, { DATABASE_URL: 'postgres://server' }]
  for (const env of shared) expect([runs(env), runs({ ...env, DEMO: 'on' })]).toEqual([false, true])
  expect(runs({ DEMO: 'on', HOST: '0.0.0.0', AUTH: 'off', ADMIN_PORT: '0' })).toBe(false)
  const port = await listening()
  await expect(checkPorts(readOptions({ ...free, DEMO_PORT: port }))).rejects.toThrow('set DEMO_PORT to another port')
})

test('an address of another machine is refused', async () => {
  const elsewhere = readOptions({ ...free, HOST: '192.0.2.1', AUTH: 'off', ADMIN_PORT: '0' }) // TEST-NET-1, RFC 5737
  await expect(checkPorts(elsewhere)).rejects.toThrow("HOST is wrong: can't listen on 192.0.2.1 (EADDRNOTAVAIL)")
})

test('beyond the loopback it requires AUTH=off and ADMIN_PORT', () => {
  expect(() => readOptions({ HOST: '0.0.0.0' })).toThrow(/^AUTH is not set: .+\nADMIN_PORT is not set: .+$/)
  expect(() => readOptions({ HOST: '0.0.0.0', AUTH: 'off' })).toThrow(/^ADMIN_PORT is not set: .+$/)
  for (const HOST of ['127.0.0.1', '127.0.0.53', '::1', 'localhost'])
    expect(readOptions({ HOST })).toMatchObject({ HOST })
})
