/** Each `service.ts` lists every message and task of its model, with the messages that may follow. */
import { choreography } from '@quadrille/events'
import { inboxTypes, type ServiceModel } from '@quadrille/messages'
import { expect, test } from 'vitest'
import { read } from './documents.ts'

/**
 * The lines `OrderPlaced: orderPlaced, // → Charge` of a file, or `OrderPlaced: (before, event) => { // → Charge`. A line without
 * an arrow has no followers.
 */
const listed = (path: string): Record<string, string> =>
  Object.fromEntries(
    [...read(path).matchAll(/^ +([A-Z]\w+): (?:[\w.()]+,|\(.*\) => \{)(?: \/\/ → (.+))?$/gm)].map(
      ([, type = '', followers = '']) => [type, followers],
    ),
  )

test.each<ServiceModel>(Object.values(choreography))('the service.ts of $name lists what its model says', (model) => {
  const { name, internal, causes = {}, work } = model
  const handled = [...inboxTypes(model), ...internal].map((type) => [type, causes[type]] as const)
  const expected = [...handled, ...Object.entries(work?.tasks ?? {})]
  expect(listed(`services/${name}/src/service.ts`)).toEqual(
    Object.fromEntries(expected.map(([type, followers = []]) => [type, followers.join(', ')])),
  )
})
