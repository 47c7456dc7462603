/** The page docs/configuration.md. */
import { config as consoleConfig } from '@quadrille/console/config'
import { shop } from '@quadrille/events'
import { processConfigOf, variablesOf } from '@quadrille/service/tools'
import type { z } from 'zod'
import { definitions } from '../../src/definitions.ts'
import { options, variables } from '../../src/options.ts'
import { code, page, table } from '../reference/markdown.ts'

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
  page('Configuration', [
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
    variableTable(processConfig),
    ...services
      .filter(({ config }) => Object.keys(config.shape).length > 0)
      .flatMap(({ model, config }) => [`## The ${model.name} service`, variableTable(config)]),
    '## The console',
    'These apply to [the console](console.md) as a separate process: `node run.mjs console/src/main.ts`. `npm start` sets them.',
    variableTable(consoleConfig),
    '## All in one process',
    `These apply to \`npm start\`, together with those of the services except ${setForEach().join(', ')}, which it sets itself or does not need. If a variable appears in both tables, the description in this one applies to \`npm start\`.`,
    variableTable(options),
  ])

const setForEach = (): string[] =>
  [processConfig, ...services.map(({ config }) => config)]
    .flatMap((schema) => Object.keys(schema.shape))
    .filter((name) => !(name in variables.shape))
    .map(code)

const variableTable = (schema: z.ZodObject): string =>
  table(
    ['variable', 'purpose', 'values', 'default'],
    variablesOf(schema).map(({ name, description, values, defaultValue }) => [
      code(name),
      description,
      values,
      defaultValue === null ? 'required' : defaultValue && code(defaultValue),
    ]),
  )
