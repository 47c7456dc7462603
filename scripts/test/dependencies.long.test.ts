import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cruiseWorkspace } from '../dependencies/cruise.ts'
import { packageImports, rules, serviceLayers, toolImports } from '../dependencies/rules.ts'
import { shellFolders } from '../dependencies/shell-folders.ts'

const shell = 'packages/service/src'
const service = 'services/order/src'

/** A module and its import, both below the root of a workspace; and the rule that forbids it. */
type Forbidden = readonly [from: string, to: string, rule: string]

const entryOf = (name: string): string => `packages/${name}/src/index.ts`
const moduleOf = (entry: string): string => (entry.endsWith('.ts') ? entry : `${entry}/module.ts`)

const firstExcept = (excepted: readonly string[], names: readonly string[]): string =>
  names.find((name) => !excepted.includes(name)) ?? ''

/** Each package, tool, folder and layer with the first module that it must not import. */
const outsideOfLists: readonly Forbidden[] = [
  ...Object.entries(packageImports).map(([name, allowed]): Forbidden => {
    const other = firstExcept([name, ...allowed], Object.keys(packageImports))
    return [entryOf(name), entryOf(other), `package-${name}`]
  }),
  ...Object.keys(toolImports).map(
    (name): Forbidden => [`tools/${name}/src/index.ts`, `${service}/service.ts`, `tool-${name}`],
  ),
  ...Object.entries(shellFolders).map(([folder, allowed]): Forbidden => {
    const other = firstExcept([folder, ...allowed], [...Object.keys(shellFolders), 'index.ts'])
    return [`${shell}/${folder}/module.ts`, `${shell}/${moduleOf(other)}`, `shell-${folder}`]
  }),
  ...serviceLayers.slice(0, -1).map((layer, index): Forbidden => {
    const [inner = '', outer = ''] = [layer, serviceLayers[index + 1] ?? []].map(([first = '']) => moduleOf(first))
    return [`${service}/${inner}`, `${service}/${outer}`, `layer-${layer[0]}`]
  }),
]

const framework = ['async', 'postgres', 'messages', 'messaging', 'outbox', 'service']

const forbidden: readonly Forbidden[] = [
  ...outsideOfLists,
  ...framework.map((name): Forbidden => [entryOf(name), entryOf('events'), `package-${name}`]),
  ['packages/messaging/conformance/index.ts', 'tools/audit/src/index.ts', 'package-messaging'],
  ['packages/service/src/shell.ts', 'services/order/src/service.ts', 'package-service'],
  ['tools/audit/src/main.ts', 'services/payment/src/service.ts', 'audit-command'],
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
  [
    'console/src/page/shop/sentence.ts',
    'console/src/page/views/stuck/help.ts',
    'page-parts-of-the-shop-import-no-view',
  ],
  [
    'console/src/page/views/dead-letters/repair.tsx',
    'console/src/page/views/stuck/help.ts',
    'dead-letters-and-stuck-orders-import-no-other-view',
  ],
  [
    'console/src/page/views/stuck/help.ts',
    'console/src/page/views/order/order-header.tsx',
    'dead-letters-and-stuck-orders-import-no-other-view',
  ],
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
  expect(await brokenRules(root)).toContain('layer-config.ts')
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
