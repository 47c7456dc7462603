/** The local start contains the services of the choreography. */
import { readFileSync } from 'node:fs'
import { serviceNames } from '@quadrille/events'
import { expect, test } from 'vitest'
import { definitionsFile, packageFile } from '../scripts/services/files.ts'

test.each(['gift-cards', 'giftCards', '2fa'])('a service can not have the name %s', (name) => {
  const reason = 'must consist of lower-case letters and digits, and begin with a letter.'
  expect(() => definitionsFile([...serviceNames, name])).toThrow(`The name of the service ${name} ${reason}`)
})

test('a new service gets its import, its port and its dependency', () => {
  const text = definitionsFile([...serviceNames.slice(0, 5), 'delivery'])
  expect(text).toContain("import { delivery } from '@quadrille/delivery'\nimport type { ServiceName }")
  expect(text).toContain('  delivery: bind(delivery, { defaultPort: 3007 }),')
  for (const reserved of ['3004', '3006']) expect(text).not.toContain(reserved)
  const packageJson = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const { dependencies } = JSON.parse(packageFile(packageJson, [...serviceNames, 'delivery']))
  expect(dependencies).toMatchObject({ '@quadrille/delivery': 'workspace:*', pg: 'catalog:' })
})
