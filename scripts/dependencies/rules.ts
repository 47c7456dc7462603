/**
 * The direction of dependencies: messages ← messaging ← outbox ← service ← services/* ← local, never the reverse. The shop's
 * language, events, is built on messages; services, tools and tests import it, but the framework doesn't. Tools and system
 * tests may import all of these, but none of these may import them. Examples import only packages. The console
 * has rules of its own.
 */
import type { IForbiddenRuleType } from 'dependency-cruiser'
import { consoleRules } from './console-rules.ts'
import { shellFolders } from './shell-folders.ts'

/** The workspace packages that each package may import, innermost first. A missing package fails the check's own test. */
export const packageImports: Readonly<Record<string, readonly string[]>> = {
  async: [],
  'command-line': [],
  messages: [],
  events: ['messages'],
  'embedded-postgres': [],
  postgres: ['async'],
  messaging: ['async', 'messages'],
  outbox: ['async', 'messages', 'messaging', 'postgres'],
  service: ['async', 'messages', 'messaging', 'outbox', 'postgres'],
  testing: ['embedded-postgres', 'postgres'],
  'shop-testing': ['embedded-postgres', 'events', 'messages', 'messaging', 'service', 'testing'],
}

/**
 * The same for the tools that run against a shop in production. They contain no test code. They share no code with the
 * services that they check, because a check can't detect a bug in code that it shares.
 */
export const toolImports: Readonly<Record<string, readonly string[]>> = {
  audit: [
    'console/src/audit-state.ts', // types alone
    'packages/command-line',
    'packages/embedded-postgres',
    'packages/events',
    'packages/messaging',
    'packages/postgres',
    'packages/service/src/plain-server.ts',
    'services/payment/src/gateway/gateway.ts', // types alone
  ],
  reconcile: [
    'packages/async',
    'packages/command-line',
    'packages/events',
    'packages/messages',
    'packages/messaging',
    'packages/outbox',
    'packages/postgres',
    'tools/audit',
  ],
}

/** Folders that are built on the packages. */
const abovePackages = [
  'services',
  'console',
  'local',
  'deploy',
  'tools',
  'bench',
  'system-tests',
  'examples',
  'scripts',
]

/** The folders with code. */
export const folders: readonly string[] = ['packages', ...abovePackages]

/** The layers of a service, innermost first. A layer may import itself and those before it. `domain` has a stricter rule. */
export const serviceLayers: readonly (readonly string[])[] = [
  ['config.ts', 'domain'],
  [
    'channels',
    'gateway',
    'photos',
    'count-notifications.ts',
    'count-orders.ts',
    'count-photos.ts',
    'count-shipments.ts',
  ],
  ['reactions', 'tasks'],
  ['db'],
  [
    'answers',
    'jobs',
    'streams',
    'stuck',
    'open-notify.ts',
    'open-photos.ts',
    'order-limit.ts',
    'seed.ts',
    'states-from-events.ts',
    'stock-questions.ts',
  ],
  ['http'],
  ['service.ts'],
  ['main.ts', 'migrate.ts'],
]

const anyOf = (names: readonly string[]): string => `(${names.join('|').replaceAll('.', '\\.')})`

/** This command also opens the gateway's ledger, which it passes to the audit. It has its own rule. */
const auditCommand = '^tools/audit/src/main\\.ts$'

const packageRules = Object.entries(packageImports).map(
  ([name, allowed]): IForbiddenRuleType => ({
    name: `package-${name}`,
    severity: 'error',
    from: { path: `^packages/${name}/(src|conformance)/` },
    to: { path: `^${anyOf(folders)}/`, pathNot: `^packages/${anyOf([name, ...allowed])}/` },
  }),
)

const toolRules = Object.entries(toolImports).map(
  ([name, allowed]): IForbiddenRuleType => ({
    name: `tool-${name}`,
    severity: 'error',
    from: { path: `^tools/${name}/src/`, pathNot: auditCommand },
    to: {
      path: `^${anyOf(folders)}/`,
      pathNot: `^${anyOf([`tools/${name}`, ...allowed])}(/|$)`,
    },
  }),
)

const shell = 'packages/service/src'

const folderRules = Object.entries(shellFolders).map(
  ([folder, allowed]): IForbiddenRuleType => ({
    name: `shell-${folder}`,
    severity: 'error',
    from: { path: `^${shell}/${folder}/` },
    to: { path: `^${shell}/`, pathNot: `^${shell}/${anyOf([folder, ...allowed])}/` },
  }),
)

const layerRules = serviceLayers.slice(0, -1).map(
  (layer, index): IForbiddenRuleType => ({
    name: `layer-${layer[0]}`,
    severity: 'error',
    from: { path: `^services/[^/]+/src/${anyOf(layer)}(/|$)` },
    to: { path: `^services/[^/]+/src/${anyOf(serviceLayers.slice(index + 1).flat())}(/|$)` },
  }),
)

export const rules: readonly IForbiddenRuleType[] = [
  ...packageRules,
  ...toolRules,
  ...folderRules,
  ...layerRules,
  {
    name: 'domain-imports-only-events',
    severity: 'error',
    from: { path: '^services/([^/]+)/src/domain/' },
    to: { pathNot: '^(services/$1/src/domain|packages/events)/' },
  },
  {
    name: 'services-never-import-each-other',
    severity: 'error',
    from: { path: '^services/([^/]+)/' },
    to: { path: '^services/', pathNot: '^services/$1/' },
  },
  {
    name: 'services-import-only-packages',
    severity: 'error',
    from: { path: '^services/' },
    to: { path: `^${anyOf(abovePackages.filter((folder) => folder !== 'services'))}/` },
  },
  {
    name: 'local-imports-only-packages-services-and-the-console',
    severity: 'error',
    from: { path: '^local/' },
    to: { path: `^${anyOf(abovePackages.filter((folder) => !['services', 'console', 'local'].includes(folder)))}/` },
  },
  ...consoleRules,
  {
    name: 'examples-import-only-packages',
    severity: 'error',
    from: { path: '^examples/([^/]+)/' },
    to: { path: `^${anyOf(abovePackages)}/`, pathNot: '^examples/$1/' },
  },
  {
    name: 'library-example-knows-no-shop',
    severity: 'error',
    from: { path: '^examples/library/' },
    to: { path: '^packages/(events|shop-testing)/' },
  },
  {
    name: 'library-example-services-never-import-each-other',
    severity: 'error',
    from: { path: '^examples/library/src/(loans|catalog|members)/' },
    to: { path: '^examples/library/src/', pathNot: '^examples/library/src/($1|language)/' },
  },
  {
    name: 'only-system-tests-import-system-tests',
    severity: 'error',
    from: { pathNot: '^system-tests/' },
    to: { path: '^system-tests/' },
  },
  {
    name: 'runtime-imports-no-test-code',
    severity: 'error',
    from: {
      path: ['^(packages|services)/[^/]+/src/', '^(console|local)/src/'],
      pathNot: ['^packages/(shop-)?testing/'],
    },
    to: { path: ['^packages/(shop-)?testing/', '/test/', '/conformance/', 'node_modules/vitest/'] },
  },
  {
    name: 'packages-are-imported-by-their-names',
    severity: 'error',
    from: {
      path: '^(packages/[^/]+|services/[^/]+|tools/[^/]+|examples/[^/]+|console|local|deploy|bench|system-tests)/',
    },
    to: { path: '^(packages|services|tools|console|local|deploy|bench)/', pathNot: '^$1/', dependencyTypes: ['local'] },
  },
  {
    name: 'audit-command',
    severity: 'error',
    from: { path: auditCommand },
    to: {
      path: `^${anyOf(folders)}/`,
      pathNot: '^(tools/audit/src/|packages/command-line/src/|services/payment/src/gateway/open-ledger\\.ts$)',
    },
  },
  {
    name: 'no-circular-imports',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'every-import-resolves',
    severity: 'error',
    from: { pathNot: '^bench/peers/' }, // their packages are installed only for the benchmark
    to: { couldNotResolve: true },
  },
]
