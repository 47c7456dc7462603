/** The files of a deployment name the services of the choreography, each in its place. */
import { expect, test } from 'vitest'
import { services } from '../src/accounts.ts'
import { composed, composedFiles } from '../src/compose/files.ts'
import { read } from './files.ts'

test.each(composedFiles)('%s is the one that `npm run compose` makes: run it if not', (file) => {
  expect(read(file)).toBe(composed(file, services))
})

/** What a demo publishes of a service is the service's choice. */
const listing = composedFiles.filter((file) => file !== 'docker-compose.override.yml')

test.each(listing)('a service that is added to the model gets its place in %s', (file) => {
  expect(composed(file, services)).not.toContain('shipping')
  expect(composed(file, [...services, 'shipping'])).toContain('shipping')
})
