/** Runs the commands of the documents. */

import { execFile } from 'node:child_process'
import { globSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { readOptions, help as startHelp } from '@quadrille/local/options'
import { type ShopProcess, startShopProcess } from '@quadrille/shop-testing'
import { startPrivatePostgres, type TestPostgres } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeChecks } from './compose-commands.ts'
import { alone, discarded, parkAtPayment, sameFailure } from './dead-letters.ts'
import { commandsInText, commandsOf, markdown, read, root } from './documents.ts'
import { type FixedPorts, fixedPorts } from './session.ts'

const run = async (command: string, env: Record<string, string> = {}): Promise<string> => {
  const { stdout } = await promisify(execFile)('sh', ['-ec', command], { cwd: root, env: { ...process.env, ...env } })
  return stdout
}

const checks: Record<string, (command: string) => Promise<unknown>> = {
  'npm run screenshots': expectExplainedByHelp,
  // server-in.ts reads the same files, to log in with its own client
  [`PGPASSWORD=$(cat .quadrille/postgres/quadrille.password) psql -h 127.0.0.1 -p $(sed -n 4p .quadrille/postgres/postmaster.pid) -U quadrille quadrille_order -c 'select id, status from customer_order'`]:
    expectRunBy('system-tests/start/server-in.ts', 'quadrille.password'),
  'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 npm start': expectRunBy(
    'system-tests/start/started.ts',
    'local/src/main.ts',
  ),
  'docker compose up': async () => expect(read('.ci/run')).toContain('npm run test:compose'),
  'npm run patterns -- change-data-capture': expectRunBy(
    'bench/test/change-data-capture/comparison.long.test.ts',
    'change-data-capture',
  ),
  'npm run patterns -- claim-check': expectRunBy(
    'bench/test/claim-check.long.test.ts',
    '../patterns/claim-check/run.ts',
  ),
  'npm run patterns -- exchanges': expectRunBy('bench/test/exchanges.int.test.ts', '../patterns/exchanges/run.ts'),
  'npm run patterns -- follow-an-order': expectRunBy('bench/test/follow-an-order.long.test.ts', 'a stream each'),
  'npm run patterns -- load-levelling': expectRunBy(
    'bench/test/load-levelling/burst.long.test.ts',
    '../../patterns/load-levelling/run.ts',
  ),
  'npm run patterns -- two-phase-commit': expectRunBy(
    'bench/test/two-phase-commit.long.test.ts',
    '../patterns/two-phase-commit/run.ts',
  ),
  'npm run patterns -- database-as-queue': expectRunBy(
    'bench/test/database-as-queue.long.test.ts',
    'database-as-queue',
  ),
  'npm run patterns -- long-queue': expectRunBy('bench/test/long-queue.long.test.ts', 'long-queue'),
  'npm run patterns -- orchestration': expectRunBy('bench/test/orchestration.long.test.ts', 'orchestration'),
  'docker compose up --detach --scale payment=3': expectRunBy('deploy/test/core.compose.test.ts', '--scale'),
  ...composeChecks,
  'docker compose down': expectRunBy('deploy/test/compose.ts', 'down'),
  'npm run trace': expectRunBy('system-tests/tracing/trace-command.long.test.ts', 'tools/trace/src/main.ts'),
  'npm run trace -- ORDER_ID': expectRunBy(
    'system-tests/tracing/trace-command.long.test.ts',
    'tools/trace/src/main.ts',
  ),
  'npm run demo': expectRunBy('system-tests/start/demo.long.test.ts', 'tools/demo/src/main.ts'),
  'npm run demo -- --tour': expectRunBy('system-tests/start/demo.long.test.ts', '--tour'),
  'npx pnpm install': (command) => run(`${command} --help`), // it would change the installation during the tests
  'npm run generate': expectRunBy('system-tests/documentation/extend-it.long.test.ts', 'npm run generate'),
  'npm run generate -- --check': expectRunBy('scripts/test/generate.unit.test.ts', '--check'),
  'npm run test:observability': expectRunByCi,
  'npm run test:compose': expectRunByCi,
  'npm run test:rabbitmq4': expectExplainedByHelp,
  'npm run test:packages': expectRunByCi,
  'npx biome check --write examples/library': async (command) => {
    expect(globSync('examples/library/src/*.ts', { cwd: root })).not.toEqual([]) // check:format-and-lint checks them
    expect(await run(`${command} --help`)).toContain('--write')
  },
  'npm run pack': expectExplainedByHelp, // `npm run test:packages` runs it
  'npm install': expectRunBy('system-tests/packages/outside.ts', 'install'),
  'node run.mjs examples/library/src/main.ts': expectSeparateTest,
  'DATABASE_URL=postgres://127.0.0.1/postgres AMQP_URL=amqp://127.0.0.1 node run.mjs examples/library/src/main.ts':
    expectSeparateTest,
  'npm run --silent sbom > quadrille.cdx.json': async (command) => {
    const [printing = ''] = command.split(' > ')
    const { bomFormat, components } = JSON.parse(await run(printing))
    expect(bomFormat).toBe('CycloneDX')
    expect(components.length).toBeGreaterThan(100)
    expect(components.filter(({ licenses }: { licenses?: object }) => !licenses)).toEqual([])
  },
  'npm run vulnerabilities': expectRunByCi,
  'npm run secrets': expectRunBy('deploy/test/secrets.unit.test.ts', '../src/secrets.ts'),
  'npm run secrets -- /etc/quadrille': expectRunBy('deploy/test/secrets.unit.test.ts', '../src/secrets.ts'),
  'docker compose up --detach --build': expectRunBy(
    'deploy/test/production.compose.test.ts',
    'deploy/compose.production.yml',
  ),
  'docker compose restart rabbitmq': expectRunBy('deploy/test/production.compose.test.ts', 'restart'), // with another container
  'docker compose restart prometheus grafana': expectRunBy('deploy/test/production.compose.test.ts', 'restart'), // with another container
  "COMPOSE_FILE=$(sed -n 's/^COMPOSE_FILE=//p' .env):deploy/compose.ports.yml docker compose up --detach --build postgres":
    expectRunBy('deploy/test/production.compose.test.ts', 'deploy/compose.ports.yml'),
  'for folder in /etc/quadrille/*-migration; do service=$(basename "$folder" -migration); export "$(echo $service | tr a-z A-Z)_DATABASE_URL=$(sed "s/@postgres:5432/@127.0.0.1:${POSTGRES_PORT:-5432}/" /etc/quadrille/$service/database-url)"; done':
    expectRunBy('deploy/test/production.compose.test.ts', 'docs/reconcile.md'),
  'for folder in /etc/quadrille/*/; do install -m 644 ca.pem "$folder"; done': expectRunBy(
    'deploy/test/secrets.unit.test.ts',
    'docs/tls.md',
  ),
  'docker compose exec postgres sh /docker-entrypoint-initdb.d/read-access.sh': expectRunBy(
    'deploy/test/core.compose.test.ts',
    '/docker-entrypoint-initdb.d/read-access.sh',
  ),
  'useradd --system --create-home --home-dir /var/lib/quadrille quadrille': expectUnitHas('User=quadrille'),
  'chown -R quadrille: /opt/quadrille': expectUnitHas('WorkingDirectory=/opt/quadrille'),
  'npm test': expectRunByCi,
  'npm test -- --project unit': async () =>
    expect(read('vitest.config.ts')).toContain("name: 'unit', include: named('unit')"),
  'AUDIT_ORDERS=100000 npm run test:full -- many-orders': async () =>
    expect(read('tools/audit/test/many-orders.long.test.ts')).toContain("process.env['AUDIT_ORDERS']"),
  'npm run test:full': expectRunByCi,
  'npm run test:full -- tls': async () =>
    expect(globSync('system-tests/*/tls.long.test.ts', { cwd: root })).toHaveLength(1),
  'CHAOS_SEED=5 npm run test:full -- chaos': async () =>
    expect(read('tools/chaos/test/one-node.long.test.ts')).toContain("process.env['CHAOS_SEED']"),
  'npm run planted': expectRunByCi,
  'npm run check:all': async () => expect(read('scripts/check-all.ts')).toContain("'npm run check:all'"),
  'npm run audit': expectExplainedByHelp, // audit.e2e.test.ts runs it
  'npm run audit -- --json': expectExplainedByHelp,
  'npm run audit -- --serve': expectRunBy('system-tests/orders/audit-command.long.test.ts', '--serve'),
  'npm run audit -- --help': expectExplainedByHelp,
  'cp -a .quadrille backup': expectRunBy('system-tests/failures/backup.long.test.ts'),
  'DATA_DIR=backup npm start': expectRunBy('system-tests/failures/backup.long.test.ts'),
  'npm run chaos': expectExplainedByHelp,
  'npm run chaos -- --minutes 3 --nodes 3': expectRunByCi,
  'npm run chaos -- --help': expectExplainedByHelp,
  'npm run fuzz -- --requests 20000': expectRunBy('tools/fuzz/test/short.long.test.ts', '../src/run.ts'),
  'npm run fuzz -- --help': expectExplainedByHelp,
  'npm run fuzz': expectExplainedByHelp,
  // A version that is missing in the code, so it is refused as on the page.
  'PUBLISH_VERSIONS=PaymentVoided:2': async (variable) =>
    expect(() => readOptions(Object.fromEntries([variable.split('=')]))).toThrow(
      'PUBLISH_VERSIONS is wrong: must be newest, or type:version pairs that exist',
    ),
  'AMQP_URL=amqp://127.0.0.1 npm start': expectRunBy('system-tests/documentation/add-a-service.long.test.ts'),
  'createdb loyalty': expectRunBy('system-tests/documentation/add-a-service.long.test.ts'),
  'PORT=3020 DATABASE_URL=postgres://127.0.0.1/loyalty AMQP_URL=amqp://127.0.0.1 node run.mjs examples/loyalty/src/main.ts':
    expectRunBy('system-tests/documentation/add-a-service.long.test.ts', 'run.mjs examples/loyalty'),
  'rabbitmqctl add_user loyalty loyalty-demo': expectRunBy(
    'system-tests/documentation/add-a-service.long.test.ts',
    'loyalty',
  ),
  [String.raw`rabbitmqctl set_permissions loyalty '^loyalty\.' '^(loyalty\..*|unrouted)$' '^(loyalty\..*|order\.events)$'`]:
    expectRunBy('system-tests/documentation/add-a-service.long.test.ts', 'loyalty'),
  [String.raw`rabbitmqctl set_policy loyalty '^loyalty\.(inbox|tasks|dead)$' '{"max-length-bytes": 1073741824}' --apply-to queues`]:
    expectRunBy('system-tests/documentation/add-a-service.long.test.ts', 'loyalty'),
  'AMQP_URL=amqp://127.0.0.1 DATABASE=order_counts.sqlite python3 examples/python/order_counts.py': expectRunBy(
    'system-tests/documentation/python-example.int.test.ts',
    'examples/python/order_counts.py',
  ),
  [String.raw`python3 -c 'import sqlite3; print(*sqlite3.connect("order_counts.sqlite").execute("select id, fulfilled from customer"), sep="\n")'`]:
    expectRunBy('system-tests/documentation/python-example.int.test.ts', 'python3 -c'),
  'rabbitmqctl add_user order-counts order-counts-demo': expectRunBy(
    'system-tests/documentation/python-example.int.test.ts',
    'order-counts',
  ),
  [String.raw`rabbitmqctl set_permissions order-counts '^order-counts\.' '^order-counts\.' '^(order-counts\..*|order\.events)$'`]:
    expectRunBy('system-tests/documentation/python-example.int.test.ts', 'order-counts'),
}

const containing = (item: object) => ({ items: expect.arrayContaining([expect.objectContaining(item)]) })

/** The expected answers to the commands of the pages, by a text in the command. The first match counts. */
const answers: readonly (readonly [part: RegExp, answer: object])[] = [
  [/^ID=/, { id: expect.stringMatching(/^[\da-f-]{36}$/) }],
  [/pm_sim_flaky/, { status: 'placed', customer: { id: 'grace' }, total: 1_250 }],
  [/cart-4711/, { status: 'placed', customer: { id: 'grace' }, total: 1_250 }],
  [/\/orders -H/, { status: 'placed', customer: { id: 'ada' }, total: 2_500 }],
  [/customerId=ada/, { items: [{ customer: { id: 'ada' }, lines: [{ sku: 'mug' }] }] }],
  [/stuck=true/, containing({ settled: false, diagnoses: [expect.objectContaining({ owedBy: 'payment' })] })],
  [/\/availability/, containing({ sku: 'vase', known: false, available: 0 })],
  [/\/shipments/, { items: expect.any(Array), nextCursor: null }],
  [/\/stock\/mug\/photo/, { sku: 'mug', status: 'processing', reason: null }],
  [/\/stock\/teapot/, { sku: 'teapot', onHand: 40 }],
  [/\/stock\/mug/, { sku: 'mug', onHand: expect.any(Number) }],
  [/status=parked/, containing({ id: alone, status: 'parked' })],
  [/\/groups/, containing({ reason: 'attempts_exhausted', type: 'OrderPlaced', count: 2 })],
  [/\$ID\/replay" .*dryRun/, { outcome: 'applied' }],
  [/\/replay .*dryRun/, { items: [{ outcome: 'applied' }, { outcome: 'applied' }] }],
  [/\/replay .*perSecond/, { replayed: 1, ids: [sameFailure] }],
  [
    /\$ID\/replay" /,
    { id: alone, status: 'replayed', operations: [{ operator: 'ada', note: 'the gateway works again' }] },
  ],
  [/DELETE/, { id: discarded, status: 'discarded', operations: [{ operator: 'ada', note: 'a test' }] }],
  [/\/dead-letters\/\$ID"/, { id: alone, payload: { type: 'OrderPlaced', data: { payment: { method: '***' } } } }],
]

/** Sets $ID to the dead letter of a page, or to the output of the page's command. */
const withDeadLetter = (command: string): string =>
  command.startsWith('ID=')
    ? `${command}\nprintf '{"id":"%s"}' "$ID"`
    : `ID=${command.includes('DELETE') ? discarded : alone}\n${command}`

/** Places an order that stays open until it expires, after the end of the tests. */
const placeStuckOrder = async (url: string): Promise<void> => {
  const order = {
    customer: { id: 'bob', email: 'bob@example.com' },
    currency: 'EUR',
    lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_250 }],
    payment: { method: 'pm_sim_down' },
  }
  const headers = { 'content-type': 'application/json' }
  const { status } = await fetch(`${url}/orders`, { method: 'POST', headers, body: JSON.stringify(order) })
  expect(status).toBe(202)
}

/**
 * For commands that take too long or never end: checks that their help explains each flag and variable that the page
 * uses.
 */
async function expectExplainedByHelp(command: string): Promise<void> {
  const [script = ''] = /npm (start|run [\w:]+)/.exec(command) ?? []
  const help = script === 'npm start' ? startHelp() : helpIn(script)
  for (const [name] of command.matchAll(/^[A-Z_]+|--(?!help)[a-z-]+/g)) expect(help).toContain(name)
}

const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(read('package.json'))

/** The command without npm, which needs half a second. */
const withoutNpm = (command: string): string =>
  command.replace(/^npm run (\S+)( --)?/, (_, script: string) => scripts[script] ?? '')

/** The text of the help in the source of the command, next to its main file. commands.long.test.ts runs the commands. */
const helpIn = (script: string): string => {
  const main = withoutNpm(script).split(' ').at(-1) ?? ''
  const source = globSync(`${dirname(main)}/**/*.ts`, { cwd: root })
    .map(read)
    .join()
  const [, help] = new RegExp(`\`(Usage: ${script}\\b[^\`]+)\``).exec(source) ?? []
  return help ?? expect.fail(`the source of ${script} contains no help`)
}

/** CI runs the command, maybe with options that select a part of it. */
async function expectRunByCi(command: string): Promise<void> {
  expect(
    read('.ci/run')
      .split('\n')
      .map((line) => `${line.trim()} `),
  ).toContainEqual(expect.stringMatching(new RegExp(`^check ${command} (-- )?(--\\S+ \\S+ )*$`)))
}

function expectRunBy(test: string, part?: string) {
  return async (command: string) => expect(read(test)).toContain(`'${part ?? command}'`)
}

/** For commands that change the machine: the unit of systemd.md uses what they make. */
function expectUnitHas(line: string) {
  return async () => expect(read('docs/systemd.md')).toContain(`\n${line}\n`)
}

/** A separate test reads the command from the page, and runs it. */
async function expectSeparateTest(command: string): Promise<void> {
  const test = 'system-tests/documentation/build-another-choreography.long.test.ts'
  expect(read(test)).toContain(`command.startsWith('${command.startsWith('node') ? 'node' : 'DATABASE_URL='}')`)
}

/** For `npm test -- PATH`: checks that test files match the path. */
function expectTestsAt(command: string): (() => Promise<void>) | undefined {
  const [, filter] = /^npm test -- ([\w./-]+)$/.exec(command) ?? []
  if (filter === undefined) return undefined
  const files = globSync('{packages,services,local,deploy,tools,bench,system-tests,scripts,examples}/**/*.test.ts', {
    cwd: root,
  })
  return async () => expect(files.filter((file) => file.includes(filter))).not.toEqual([])
}

/** For `npm run demo -- ACTION`: a test of the demo control does each action that exists. */
function expectDemoAction(command: string): (() => Promise<void>) | undefined {
  const [, action] = /^npm run demo -- ([a-z]+(?:-[a-z]+)+)$/.exec(command) ?? []
  if (action === undefined) return undefined
  const sources = globSync('local/src/demo/*.ts', { cwd: root }).map(read).join()
  return async () => expect(sources).toContain(`id: '${action}'`)
}

/** For `npm start` with any variables and flags. The tests below start it. */
function expectStart(command: string) {
  return /^([A-Z_]+=\S+ )*npm start( -- --\w+)?$/.test(command) ? expectExplainedByHelp : undefined
}

/** For `npm run bench` with any flags, because docs/performance.md contains the command of its run. */
function expectMeasurement(command: string) {
  return command.startsWith('npm run bench') ? expectExplainedByHelp : undefined
}

/** The command above the figures of a comparison names the variables that selected RabbitMQ. */
const withServer = /^((AMQP_URL|RABBITMQ_ROOT)=… )+(?=npm run patterns)/

/** A PNG of one pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** readme.int.test.ts runs the blocks of the README, and tutorials.long.test.ts those of the tutorials. */
const hasOwnTest = (path: string): boolean => path === 'README.md' || path.startsWith('docs/tutorials/')

describe('commands', () => {
  const all = markdown
    .flatMap((path) =>
      (hasOwnTest(path) ? commandsInText(path) : commandsOf(path)).map((command) => ({ path, command })),
    )
    .filter(({ command }, index, those) => those.findIndex((other) => other.command === command) === index)
  const tested = ['add-a-service', 'build-another-choreography', 'follow-an-order'] // separate tests run them
  const hasSeparateTest = ({ path }: { path: string }) => tested.some((name) => path === `docs/${name}.md`)
  const curls = all.filter(
    (each) => /^(ID=\$\()?curl/.test(each.command) && !each.command.includes('/metrics') && !hasSeparateTest(each),
  )
  const figures = all.filter(({ command }) => command.startsWith('curl') && command.includes('/metrics'))
  const reconciling = all.filter(({ command }) => command.startsWith('npm run reconcile'))
  const others = all.filter((each) => !/^(ID=\$\()?curl/.test(each.command) && !reconciling.includes(each))

  it('are found', () => {
    expect(curls.length).toBeGreaterThanOrEqual(3)
    expect(others.map(({ command }) => command)).toEqual(expect.arrayContaining(Object.keys(checks)))
  })

  it.each(others)('$path: $command', async ({ command }) => {
    const check =
      checks[command.replace(withServer, '')] ??
      expectStart(command) ??
      expectTestsAt(command) ??
      expectDemoAction(command) ??
      expectMeasurement(command)
    expect(check, 'a command that no test runs').toBeDefined()
    await check?.(command)
  })

  describe('against npm start', () => {
    let shop: ShopProcess
    let postgres: TestPostgres
    let photo: string
    let ports: FixedPorts['ports']
    const atPorts = (command: string) =>
      command.replaceAll(/127\.0\.0\.1:(\d+)/g, (_, port) => `127.0.0.1:${ports.get(Number(port))}`)

    beforeAll(async () => {
      const fixed = await fixedPorts()
      ports = fixed.ports
      postgres = await startPrivatePostgres()
      const DATABASE_URL = postgres.url
      shop = startShopProcess({ ...fixed.variables, DATABASE_URL, STUCK_AFTER: '0s', CONSOLE: 'off', DEMO: 'off' })
      photo = join(shop.folder, 'mug.png')
      writeFileSync(photo, Buffer.from(pixel, 'base64'))
      await shop.untilPrinted(/Quadrille is ready/)
      await parkAtPayment(DATABASE_URL)
      await placeStuckOrder(`http://127.0.0.1:${ports.get(3000)}`)
    })
    afterAll(async () => {
      expect(await shop.stop()).toBe(0)
      await postgres.stop()
    })

    it.each(curls)('$path: $command', async ({ command }) => {
      const [, expected] = answers.find(([part]) => part.test(command)) ?? []
      expect(expected, 'a command without an expected answer').toBeDefined()
      expect(JSON.parse(await run(withDeadLetter(atPorts(command).replace('mug.png', photo))))).toMatchObject(
        expected ?? {},
      )
    })

    it.each(figures)('$path: $command', async ({ command }) => {
      const page = await run(atPorts(command))
      for (const name of ['queue_depth', 'consumers']) // the others appear after the second sample
        expect(page).toMatch(new RegExp(`^quadrille_${name}\\{queue="payment.tasks",.+\\} [\\d.]+$`, 'm'))
    })

    it('the order of the README is fulfilled', async () => {
      const list = `http://127.0.0.1:${ports.get(3000)}/orders?customerId=ada`
      const first = async () => ((await (await fetch(list)).json()) as { items: { status: string }[] }).items[0]?.status
      await waitFor(async () => expect(await first()).toBe('fulfilled'))
    })

    it.each(reconciling)('$path: $command', async ({ command }) => {
      const sending = `http://127.0.0.1:${ports.get(3003)}/notifications`
      const pending = async () => JSON.stringify(await (await fetch(sending)).json()).includes('"pending"')
      await waitFor(async () => expect(await pending()).toBe(false))
      expect(await run(withoutNpm(command), { DATABASE_URL: postgres.url })).toContain('Nothing is missing.')
    })
  })
})
