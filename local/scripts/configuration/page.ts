/** The page docs/configuration.md. */
import { config as consoleConfig } from '@quadrille/console/config'
import { shop } from '@quadrille/events'
import { processConfigOf, variablesOf } from '@quadrille/service/tools'
import type { z } from 'zod'
import { definitions } from '../../src/definitions.ts'
import { options, variables } from '../../src/options.ts'

const services = Object.values(definitions)
const processConfig = processConfigOf(shop)

const composeFile = `\`\`\`yaml
services:
  order:
    environment: { STUCK_AFTER: 2m, ORDERS_OPEN_MAX: "20000" }
    cpus: 2
    mem_limit: 1g
\`\`\``

/** The page as Markdown. The tables are derived from the schemas that check the variables. */
export const configurationPage = (): string =>
  `${[
    '<!-- Generated from the schemas of the variables; do not edit. Run: npm run generate -->',
    '# Configuration',
    'All settings are environment variables. If a variable is missing or invalid, the start fails with a line that names the expected value. A misspelt variable is reported with the most similar known name, and is otherwise ignored. An empty variable counts as not set. `--help` of a service and of `npm start` lists the variables too.',
    '- **Files.** `NAME_FILE` is the path of a file with the value of `NAME`. White space around the value is ignored. Setting both is an error.\n' +
      '- **Time spans** are whole numbers with a unit: `500ms`, `30s`, `15m`, `24h`, `7d`; at most `36500d`.\n' +
      '- **Node’s own variables** apply too, such as `NODE_EXTRA_CA_CERTS` for [TLS](tls.md). They cannot be given as files.',
    '## Settings in Docker Compose',
    'Compose passes on only the variables that its files name. For other variables, and for more CPU or memory, write a file `compose.own.yml`:',
    composeFile,
    'Add its name to `COMPOSE_FILE` in [`.env`](secrets.md#passwords-in-production), after another colon. In the demo, write `COMPOSE_FILE=docker-compose.yml:docker-compose.override.yml:compose.own.yml` there. Then run `docker compose up --detach --build order`.',
    '## Every service',
    'These apply to a service as a separate process: `node run.mjs services/<name>/src/main.ts`.',
    table(processConfig),
    ...services
      .filter(({ config }) => Object.keys(config.shape).length > 0)
      .flatMap(({ model, config }) => [`## The ${model.name} service`, table(config)]),
    '## The console',
    'These apply to [the console](console.md) as a separate process: `node run.mjs console/src/main.ts`. `npm start` sets them.',
    table(consoleConfig),
    '## All in one process',
    `These apply to \`npm start\`, together with those of the services except ${setForEach().join(', ')}, which it sets itself or does not need. If a variable appears in both tables, the description in this one applies to \`npm start\`.`,
    table(options),
  ].join('\n\n')}\n`

const setForEach = (): string[] =>
  [processConfig, ...services.map(({ config }) => config)]
    .flatMap((schema) => Object.keys(schema.shape))
    .filter((name) => !(name in variables.shape))
    .map((name) => `\`${name}\``)

const table = (schema: z.ZodObject): string => {
  const rows = variablesOf(schema).map(({ name, description, values, defaultValue }) => [
    `\`${name}\``,
    description.replaceAll('|', '\\|'),
    values,
    defaultValue === null ? 'required' : defaultValue && `\`${defaultValue}\``,
  ])
  return [['variable', 'purpose', 'values', 'default'], ['---', '---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}
