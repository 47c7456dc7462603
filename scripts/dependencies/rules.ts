/** Which way dependencies point: events ← messaging ← outbox ← service ← services/* ← local, and never back. */
import type { IForbiddenRuleType } from 'dependency-cruiser'

/** What each package may import of the workspace. One that is missing here fails the check's own test. */
export const packageImports: Readonly<Record<string, readonly string[]>> = {
  'command-line': [],
  events: [],
  postgres: [],
  messaging: ['events'],
  outbox: ['events', 'messaging', 'postgres'],
  service: ['events', 'messaging', 'outbox', 'postgres'],
  testing: ['events', 'messaging', 'outbox', 'postgres'],
  audit: ['command-line', 'events', 'messaging', 'postgres'],
  reconcile: ['audit', 'command-line', 'events', 'messaging', 'outbox', 'postgres'],
}

/** Inside a service, innermost first: what is in a rank imports its own rank and those before it. */
const serviceRanks: readonly (readonly string[])[] = [
  ['domain'],
  ['gateway'],
  ['reactions', 'tasks'],
  ['http', 'db'],
  ['service.ts'],
  ['main.ts', 'migrate.ts'],
]

const anyOf = (names: readonly string[]): string => `(${names.join('|').replaceAll('.', '\\.')})`

const packageRules = Object.entries(packageImports).map(
  ([name, allowed]): IForbiddenRuleType => ({
    name: `${name}-imports-only-${['itself', ...allowed].join('-')}`,
    severity: 'error',
    from: { path: `^packages/${name}/src/`, pathNot: '/conformance/' },
    to: { path: '^(packages|services|local|bench|chaos|fuzz)/', pathNot: `^packages/${anyOf([name, ...allowed])}/` },
  }),
)

const rankRules = serviceRanks.slice(0, -1).map(
  (rank, index): IForbiddenRuleType => ({
    name: `${rank.join('-and-')}-import-nothing-further-out`,
    severity: 'error',
    from: { path: `^services/[^/]+/src/${anyOf(rank)}(/|$)` },
    to: { path: `^services/[^/]+/src/${anyOf(serviceRanks.slice(index + 1).flat())}(/|$)` },
  }),
)

export const rules: readonly IForbiddenRuleType[] = [
  ...packageRules,
  ...rankRules,
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
    to: { path: '^(local|bench|chaos|fuzz|scripts)/' },
  },
  {
    name: 'runtime-imports-no-test-code',
    severity: 'error',
    from: {
      path: ['^(packages|services)/[^/]+/src/', '^local/src/'],
      pathNot: ['^packages/testing/', '/conformance/'],
    },
    to: { path: ['^packages/testing/', '/test/', '/conformance/', 'node_modules/vitest/'] },
  },
  {
    name: 'packages-are-imported-by-their-names',
    severity: 'error',
    from: { path: '^(packages/[^/]+|services/[^/]+|local|bench|chaos|fuzz)/' },
    to: { path: '^(packages|services)/', pathNot: '^$1/', dependencyTypes: ['local'] },
  },
  {
    name: 'every-import-resolves',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
]
