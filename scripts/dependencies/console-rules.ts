/** The console knows the services by their HTTP interfaces alone. Its page and its server share only types, and the list of views. */
import type { IForbiddenRuleType } from 'dependency-cruiser'

const page = '^console/src/page/'
const views = `${page}views/`
const server = '^console/src/server/'

export const consoleRules: readonly IForbiddenRuleType[] = [
  {
    name: 'console-imports-only-the-model-and-the-plain-server',
    severity: 'error',
    from: { path: '^console/src/' },
    to: {
      path: '^(packages|services|local|deploy|tools|bench|system-tests|examples|scripts)/',
      pathNot: [
        '^packages/events/src/(choreography|minor-units|service-names)\\.ts$',
        '^packages/service/src/plain-server\\.ts$',
      ],
    },
  },
  {
    name: 'page-imports-only-types-of-the-server',
    severity: 'error',
    from: { path: page },
    to: { path: server, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'page-imports-only-the-model-of-the-workspace',
    severity: 'error',
    from: { path: page },
    to: { path: '^packages/', pathNot: '^packages/events/src/(choreography|minor-units|service-names)\\.ts$' },
  },
  {
    name: 'page-parts-of-the-shop-import-no-view',
    severity: 'error',
    from: { path: `${page}shop/` },
    to: { path: views },
  },
  {
    name: 'dead-letters-and-stuck-orders-import-no-other-view',
    severity: 'error',
    from: { path: `${views}(dead-letters|stuck)/` },
    to: { path: views, pathNot: `${views}$1/` },
  },
  {
    name: 'server-imports-nothing-of-the-page',
    severity: 'error',
    from: { path: server },
    to: { path: page },
  },
]
