/** The files of a deployment list the services of the choreography. */

import { serviceNames } from '@quadrille/events'
import { expect, test } from 'vitest'
import { composed, composedFiles } from '../src/compose/files.ts'
import { read } from './files.ts'

test.each(composedFiles)('%s is up to date: run `npm run compose` otherwise', (file) => {
  expect(read(file)).toBe(composed(file, serviceNames))
})

/** A service chooses itself which ports a demo publishes. */
const listing = composedFiles.filter((file) => file !== 'docker-compose.override.yml')

test.each(listing)('a service that is added to the model gets its place in %s', (file) => {
  expect(composed(file, serviceNames)).not.toContain('shipping')
  expect(composed(file, [...serviceNames, 'shipping'])).toContain('shipping')
})
