import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cruiseWorkspace } from '../dependencies/cruise.ts'
import { packageImports, rules, serviceLayers } from '../dependencies/rules.ts'
import { shellFolders } from '../dependencies/shell-folders.ts'

const shell = 'packages/service/src'

/** A module and its import, both below the root of a workspace; and the rule that forbids it. */
const forbidden: readonly (readonly [from: string, to: string, rule: string])[] = [
  ['packages/messages/src/ids.ts', 'packages/events/src/index.ts', 'messages-imports-only-itself'],
  ['packages/events/src/ids.ts', 'packages/messaging/src/index.ts', 'events-imports-only-itself-messages'],
  ['packages/postgres/src/pool.ts', 'packages/events/src/index.ts', 'postgres-imports-only-itself-async'],
  [
    'packages/embedded-postgres/src/index.ts',
    'packages/postgres/src/index.ts',
    'embedded-postgres-imports-only-itself',
  ],
  ['packages/async/src/index.ts', 'packages/events/src/index.ts', 'async-imports-only-itself'],
  ['packages/command-line/src/index.ts', 'packages/events/src/index.ts', 'command-line-imports-only-itself'],
  ['packages/messaging/src/broker.ts', 'packages/outbox/src/index.ts', 'messaging-imports-only-itself-async-messages'],
  ['packages/messaging/src/broker.ts', 'packages/events/src/index.ts', 'messaging-imports-only-itself-async-messages'],
  [
    'packages/outbox/src/relay.ts',
    'packages/events/src/index.ts',
    'outbox-imports-only-itself-async-messages-messaging-postgres',
  ],
  [
    'packages/service/src/shell.ts',
    'packages/events/src/index.ts',
    'service-imports-only-itself-async-messages-messaging-outbox-postgres',
  ],
  [
    'packages/outbox/src/relay.ts',
    'packages/service/src/index.ts',
    'outbox-imports-only-itself-async-messages-messaging-postgres',
  ],
  [
    'packages/service/src/shell.ts',
    'services/order/src/service.ts',
    'service-imports-only-itself-async-messages-messaging-outbox-postgres',
  ],
  [
    'packages/testing/src/noon.ts',
    'packages/events/src/index.ts',
    'testing-imports-only-itself-embedded-postgres-postgres',
  ],
  [
    'packages/shop-testing/src/shop.ts',
    'local/src/main.ts',
    'shop-testing-imports-only-itself-events-messages-messaging-testing',
  ],
  [
    'packages/messaging/conformance/index.ts',
    'tools/audit/src/index.ts',
    'messaging-imports-only-itself-async-messages',
  ],
  ['tools/audit/src/audit.ts', 'services/order/src/service.ts', 'audit-shares-no-code-with-services-and-tests'],
  [
    'tools/reconcile/src/reconcile.ts',
    'services/order/src/service.ts',
    'reconcile-shares-no-code-with-services-and-tests',
  ],
  [`${shell}/config/integer.ts`, `${shell}/http/route.ts`, 'shell-config-imports-only-itself'],
  [`${shell}/errors/advice.ts`, `${shell}/config/integer.ts`, 'shell-errors-imports-only-itself'],
  [`${shell}/telemetry/metrics.ts`, `${shell}/http/gate.ts`, 'shell-telemetry-imports-only-itself-errors'],
  [`${shell}/core/batch.ts`, `${shell}/delivery/consumers.ts`, 'shell-core-imports-only-itself-errors-telemetry'],
  [
    `${shell}/delivery/consumers.ts`,
    `${shell}/runtime/parts.ts`,
    'shell-delivery-imports-only-itself-errors-telemetry-core',
  ],
  [`${shell}/http/app.ts`, `${shell}/core/settle.ts`, 'shell-http-imports-only-itself-config-errors-telemetry'],
  [
    `${shell}/dead-letters/routes.ts`,
    `${shell}/runtime/parts.ts`,
    'shell-dead-letters-imports-only-itself-errors-telemetry-core-delivery-http-operations',
  ],
  [`${shell}/operations/operator.ts`, `${shell}/runtime/parts.ts`, 'shell-operations-imports-only-itself-http'],
  [
    `${shell}/attempts/attempt-log.ts`,
    `${shell}/runtime/parts.ts`,
    'shell-attempts-imports-only-itself-core-delivery-http',
  ],
  [
    `${shell}/whereabouts/get-whereabouts.ts`,
    `${shell}/runtime/parts.ts`,
    'shell-whereabouts-imports-only-itself-config-http-dead-letters-attempts',
  ],
  [
    `${shell}/queues/get-queues.ts`,
    `${shell}/runtime/parts.ts`,
    'shell-queues-imports-only-itself-telemetry-http-dead-letters-attempts',
  ],
  [`${shell}/states/fold-events.ts`, `${shell}/runtime/parts.ts`, 'shell-states-imports-only-itself-core-http'],
  [`${shell}/questions/ask.ts`, `${shell}/runtime/parts.ts`, 'shell-questions-imports-only-itself-telemetry'],
  [
    `${shell}/runtime/start.ts`,
    `${shell}/index.ts`,
    'shell-runtime-imports-only-itself-config-errors-telemetry-core-delivery-http-operations-dead-letters-attempts-whereabouts-queues-states-questions',
  ],
  [
    'tools/audit/src/main.ts',
    'services/payment/src/service.ts',
    'audit-command-imports-only-the-audit-and-the-gateway-ledger',
  ],
  [
    'services/order/src/domain/order.ts',
    'services/order/src/reactions/order-placed.ts',
    'config.ts-and-domain-import-nothing-further-out',
  ],
  [
    'services/payment/src/gateway/port.ts',
    'services/payment/src/tasks/charge.ts',
    'channels-and-gateway-and-photos-and-count-notifications.ts-and-count-orders.ts-and-count-photos.ts-and-count-shipments.ts-import-nothing-further-out',
  ],
  [
    'services/notification/src/channels/email.ts',
    'services/notification/src/tasks/notify.ts',
    'channels-and-gateway-and-photos-and-count-notifications.ts-and-count-orders.ts-and-count-photos.ts-and-count-shipments.ts-import-nothing-further-out',
  ],
  [
    'services/payment/src/tasks/charge.ts',
    'services/payment/src/db/payment.ts',
    'reactions-and-tasks-import-nothing-further-out',
  ],
  [
    'services/order/src/reactions/paid.ts',
    'services/order/src/http/cancel.ts',
    'reactions-and-tasks-import-nothing-further-out',
  ],
  ['services/order/src/db/order.ts', 'services/order/src/stuck/status-queries.ts', 'db-import-nothing-further-out'],
  [
    'services/order/src/jobs/expiry.ts',
    'services/order/src/http/cancel.ts',
    'answers-and-jobs-and-streams-and-stuck-and-adopt-restored-events.ts-and-open-photos.ts-and-open-shipments.ts-and-order-limit.ts-and-refused-refunds.ts-and-seed.ts-and-states.ts-and-stock-levels.ts-import-nothing-further-out',
  ],
  ['services/order/src/http/cancel.ts', 'services/order/src/service.ts', 'http-import-nothing-further-out'],
  ['services/order/src/service.ts', 'services/order/src/main.ts', 'service.ts-import-nothing-further-out'],
  ['services/order/src/domain/order.ts', 'services/order/src/config.ts', 'domain-imports-only-events'],
  ['services/order/src/domain/order.ts', 'node:crypto', 'domain-imports-only-events'],
  ['services/order/src/domain/order.ts', 'packages/outbox/src/index.ts', 'domain-imports-only-events'],
  ['services/order/src/service.ts', 'services/payment/src/service.ts', 'services-never-import-each-other'],
  ['services/order/src/service.ts', 'local/src/options.ts', 'services-import-only-packages'],
  ['services/order/src/service.ts', 'tools/audit/src/index.ts', 'services-import-only-packages'],
  ['local/src/main.ts', 'tools/trace/src/index.ts', 'local-imports-only-packages-services-and-the-console'],
  ['examples/loyalty/src/service.ts', 'services/order/src/service.ts', 'examples-import-only-packages'],
  ['examples/library/src/run.ts', 'examples/loyalty/src/service.ts', 'examples-import-only-packages'],
  ['examples/library/test/play.ts', 'packages/events/src/index.ts', 'library-example-knows-no-shop'],
  [
    'examples/library/src/loans/service.ts',
    'examples/library/src/catalog/service.ts',
    'library-example-services-never-import-each-other',
  ],
  ['examples/library/src/run.ts', 'packages/service/src/core/fold.ts', 'packages-are-imported-by-their-names'],
  [
    'console/src/server/forward.ts',
    'services/order/src/service.ts',
    'console-imports-only-the-model-and-the-plain-server',
  ],
  [
    'console/src/server/forward.ts',
    'packages/service/src/index.ts',
    'console-imports-only-the-model-and-the-plain-server',
  ],
  ['console/src/page/live.ts', 'console/src/server/live/hub.ts', 'page-imports-only-types-of-the-server'],
  ['console/src/page/live.ts', 'packages/events/src/catalog.ts', 'page-imports-only-the-model-of-the-workspace'],
  ['console/src/server/server.ts', 'console/src/page/live.ts', 'server-imports-nothing-of-the-page'],
  ['tools/trace/src/main.ts', 'system-tests/systems.ts', 'only-system-tests-import-system-tests'],
  ['services/order/src/service.ts', 'packages/testing/src/index.ts', 'runtime-imports-no-test-code'],
  ['services/order/src/service.ts', 'packages/shop-testing/src/index.ts', 'runtime-imports-no-test-code'],
  ['services/order/src/service.ts', 'packages/messaging/conformance/index.ts', 'runtime-imports-no-test-code'],
  ['local/src/main.ts', 'services/order/test/builders.ts', 'runtime-imports-no-test-code'],
  ['packages/messaging/src/index.ts', 'packages/events/src/ids.ts', 'packages-are-imported-by-their-names'],
]

/** A workspace in a temporary folder, deleted at the end of the test. */
const workspace = (files: Readonly<Record<string, string>>): string => {
  const root = mkdtempSync(join(tmpdir(), 'quadrille-imports-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

const importOf = (from: string, to: string): string =>
  to.startsWith('node:') ? `import '${to}'\n` : `import '${'../'.repeat(from.split('/').length - 1)}${to}'\n`

const brokenRules = async (root: string): Promise<(string | undefined)[]> => {
  const folders = readdirSync(root)
  return (await cruiseWorkspace(root, folders)).violations.map(({ rule }) => rule.name)
}

test.each(forbidden)('%s must not import %s', async (from, to, rule) => {
  const target = to.startsWith('node:') ? {} : { [to]: 'export const nothing = null\n' }
  const root = workspace({ ...target, [from]: importOf(from, to) })
  expect(await brokenRules(root)).toContain(rule)
})

test('type-only imports count as well', async () => {
  const from = 'services/order/src/domain/order.ts'
  const root = workspace({
    [from]: "import type { Order } from '../db/order.ts'\nexport type Copy = Order\n",
    'services/order/src/db/order.ts': 'export interface Order { readonly id: string }\n',
  })
  expect(await brokenRules(root)).toContain('config.ts-and-domain-import-nothing-further-out')
})

test('two modules that import each other are found, even if one import is type-only', async () => {
  const root = workspace({
    'packages/events/src/order.ts': "import './lines.ts'\nexport type Order = string\n",
    'packages/events/src/lines.ts': "import type { Order } from './order.ts'\nexport type Lines = readonly Order[]\n",
  })
  expect(await brokenRules(root)).toContain('no-circular-imports')
})

test('an import of a missing module is found', async () => {
  const root = workspace({ 'packages/events/src/ids.ts': "import './gone.ts'\n" })
  expect(await brokenRules(root)).toContain('every-import-resolves')
})

test("the layout's own imports violate no rule", async () => {
  const root = workspace({
    'services/order/src/main.ts': "import './service.ts'\n",
    'services/order/src/service.ts': "import './http/cancel.ts'\n",
    'services/order/src/http/cancel.ts': "import '../reactions/paid.ts'\n",
    'services/order/src/reactions/paid.ts': "import '../domain/order.ts'\n",
    'services/order/src/domain/order.ts': 'export const order = null\n',
    'services/order/test/order.unit.test.ts': "import '../src/domain/order.ts'\n",
  })
  expect(await brokenRules(root)).toEqual([])
})

test('a run without modules fails', async () => {
  const root = workspace({ 'packages/events/README.md': '' })
  await expect(cruiseWorkspace(root, ['packages'])).rejects.toThrow('0 modules')
})

test('each rule has a test of its violation', () => {
  const seen = new Set([...forbidden.map(([, , rule]) => rule), 'every-import-resolves', 'no-circular-imports'])
  expect(rules.map(({ name }) => name).filter((name) => !seen.has(name ?? ''))).toEqual([])
})

test('each package has a rule', () => {
  const packages = readdirSync(new URL('../../packages', import.meta.url))
  expect(packages.toSorted()).toEqual(Object.keys(packageImports).toSorted())
})

test('each folder of the shell has a rule, and only its indexes are outside of a folder', () => {
  const entries = readdirSync(new URL(`../../${shell}`, import.meta.url))
  expect(entries.toSorted()).toEqual(
    [...Object.keys(shellFolders), 'index.ts', 'plain-server.ts', 'tools.ts'].toSorted(),
  )
})

test('each file and folder of a service belongs to a layer', () => {
  const services = new URL('../../services/', import.meta.url)
  const entries = readdirSync(services).flatMap((service) => readdirSync(new URL(`${service}/src`, services)))
  expect([...new Set(entries)].toSorted()).toEqual(serviceLayers.flat().toSorted())
})

test('a folder of the shell imports only folders before it', () => {
  const folders = Object.keys(shellFolders)
  for (const [index, folder] of folders.entries())
    expect(folders.slice(0, index)).toEqual(expect.arrayContaining([...(shellFolders[folder] ?? [])]))
})
