/** docs/containers.md lists the members of each network as docker-compose.yml has them. */
import { choreography } from '@quadrille/events'
import { expect, test } from 'vitest'
import { composeFile, read } from './files.ts'

const containers = Object.entries(composeFile.services)

const membersOf = (network: string): string[] =>
  containers.flatMap(([name, { networks = [] }]) => (networks.includes(network) ? [name] : []))

/** The container that a cell of the table names. In the row of all services, `service` is one of them. */
const containerOf = (text: string, service: string): string =>
  text
    .replace('the service', service)
    .replace('its migration', `${service}-migration`)
    .replace(/^the /, '')
    .toLowerCase()

interface Row {
  readonly network: string
  readonly members: readonly string[]
  readonly isInternal: boolean
}

const rows: readonly Row[] = [
  ...read('docs/containers.md').matchAll(/^\| `([\w-]+)`.*? \| ([^|:]+)(?::[^|]*)? \| (yes|no) \|$/gm),
].flatMap(([, name = '', members = '', external]) =>
  (name.startsWith('SERVICE-') ? Object.keys(choreography) : ['']).map((service) => ({
    network: name.replace('SERVICE', service),
    members: members.split(', ').map((text) => containerOf(text.trim(), service)),
    isInternal: external === 'no',
  })),
)

test('the page has a row for each network', () => {
  expect(rows.map(({ network }) => network).toSorted()).toEqual(Object.keys(composeFile.networks).toSorted())
})

test.each(rows)('the row of $network has its members', ({ network, members, isInternal }) => {
  expect(members.toSorted()).toEqual(membersOf(network).toSorted())
  expect(composeFile.networks[network]?.internal ?? false).toBe(isInternal)
})
