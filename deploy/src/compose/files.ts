/** The files of a deployment that list the services, and the places in them that are generated. */
import { readFileSync } from 'node:fs'
import {
  blocks,
  container,
  demoPorts,
  migration,
  network,
  productionContainer,
  productionMigration,
  sharedNetworks,
} from './blocks.ts'

/** A place in a file, and the text that belongs there. */
interface Place {
  readonly find: RegExp
  readonly text: (services: readonly string[]) => string
}

/** The lines between two comments, which stay. */
const between = (name: string, text: Place['text']): Place => ({
  find: new RegExp(`(?<=^ *# Made by npm run compose: ${name}\\.\n)[\\s\\S]*?(?=^ *# End of ${name}\\.$)`, 'm'),
  text: (services) => `${text(services)}\n`,
})

/** In a test of the alerts: the series of the services that are up for all of these minutes. The test lists the `others` by hand. */
const up = (minutes: number, others: readonly string[]): Place => ({
  find: new RegExp(`(?:^ {6}- \\{ series: 'up\\{job="services",service="\\w+"\\}', values: 1x${minutes} \\}\n)+`, 'm'),
  text: (services) =>
    services
      .filter((service) => !others.includes(service))
      .map((service) => `      - { series: 'up{job="services",service="${service}"}', values: 1x${minutes} }\n`)
      .join(''),
})

const places: Readonly<Record<string, readonly Place[]>> = {
  'docker-compose.yml': [
    between('the services', (services) => blocks(services, container)),
    between('the migrations', (services) => blocks(services, migration)),
    { find: /^ {4}networks: &data .*$/m, text: sharedNetworks },
    between('the networks', (services) => blocks(services, network)),
  ],
  'docker-compose.override.yml': [between('the services', (services) => blocks(services, demoPorts))],
  'deploy/compose.production.yml': [
    between('the services', (services) => blocks(services, productionContainer)),
    between('the migrations', (services) => blocks(services, productionMigration)),
  ],
  'deploy/postgres/databases.sh': [
    { find: /^for service in .*; do$/m, text: (services) => `for service in ${services.join(' ')}; do` },
  ],
  'deploy/prometheus/prometheus.yml': [
    {
      find: /(?<=names: \[)[^\]]*(?=\], type: A, port: 9000)/,
      text: (services) => services.join(', '),
    },
  ],
  'deploy/prometheus/alerts.yml': [
    {
      find: /^(?: {10}or absent\(up\{service="[^"]*"\}\)\n)+/m,
      text: (services) =>
        [...services, 'rabbitmq'].map((service) => `          or absent(up{service="${service}"})\n`).join(''),
    },
  ],
  'deploy/prometheus/alerts.test.yml': [up(60, ['order']), up(20, ['payment', 'inventory'])],
}

export const composedFiles: readonly string[] = Object.keys(places)

/** The text of the file with each place generated. @throws if the file lacks a place. */
export const composed = (file: string, services: readonly string[]): string =>
  (places[file] ?? []).reduce(
    (text, { find, text: made }) => {
      if (!find.test(text)) throw new Error(`${file} has no place that fits ${find}.`)
      return text.replace(find, () => made(services))
    },
    readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8'),
  )
