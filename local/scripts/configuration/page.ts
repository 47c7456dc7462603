/** The page docs/configuration.md. */
import { inventory } from '@quadrille/inventory'
import { notification } from '@quadrille/notification'
import { order } from '@quadrille/order'
import { payment } from '@quadrille/payment'
import { processConfig, variablesOf } from '@quadrille/service'
import type { z } from 'zod'
import { options, variables } from '../../src/options.ts'

const services = [order, payment, inventory, notification]

/** As Markdown. All of it follows from the schemas by which the variables are checked, but what holds for each of them. */
export const configurationPage = (): string =>
  `${[
    '<!-- Generated from the schemas of the variables; do not edit. Run: npm run configuration -->',
    '# Configuration',
    'Everything is set by variables of the environment. A variable that is missing or has a wrong value stops the start, with a line that says what is expected. A misspelt name is reported, with the name that is probably meant, and otherwise ignored. An empty variable counts as not set. `--help` of a service and of `npm start` lists them too.',
    '- **Files.** The value of `NAME` may be given as a file: `NAME_FILE` is its path. White space around the value is left out. Both at once is an error.\n' +
      '- **Time spans** are whole numbers with a unit: `500ms`, `30s`, `15m`, `24h`, `7d`.\n' +
      '- **Node’s own variables** hold too, such as `NODE_EXTRA_CA_CERTS` for [TLS](security.md#tls). They can’t be given as files.',
    '## Every service',
    'Of a service as a process: `node run.mjs services/<name>/src/main.ts`.',
    table(processConfig),
    ...services.flatMap(({ model, config }) => [`## The ${model.name} service`, table(config)]),
    '## All in one process',
    `\`npm start\` takes these, and those of the services but for ${setForEach().join(', ')}, which it sets for each of them. If a variable appears in both tables, the description in this one applies to \`npm start\`.`,
    table(options),
  ].join('\n\n')}\n`

const setForEach = (): string[] =>
  [processConfig, ...services.map(({ config }) => config)]
    .flatMap((schema) => Object.keys(schema.shape))
    .filter((name) => !(name in variables.shape))
    .map((name) => `\`${name}\``)

const table = (schema: z.ZodObject): string => {
  const rows = variablesOf(schema).map(({ name, description, values, fallback }) => [
    `\`${name}\``,
    description.replaceAll('|', '\\|'),
    values,
    fallback === null ? 'none: it must be set' : fallback && `\`${fallback}\``,
  ])
  return [['variable', 'what it is for', 'values', 'default'], ['---', '---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}
