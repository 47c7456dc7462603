/** The deployment files list the services of the choreography. */

import { serviceNames } from '@quadrille/events'
import { expect, test } from 'vitest'
import { composed, composedFiles } from '../src/compose/files.ts'

/** The override file depends on each service's own list of demo ports. */
const listing = composedFiles.filter((file) => file !== 'docker-compose.override.yml')

test.each(listing)('a service that is added to the model is written to %s', (file) => {
  expect(composed(file, serviceNames)).not.toContain('newcomer')
  expect(composed(file, [...serviceNames, 'newcomer'])).toContain('newcomer')
})
