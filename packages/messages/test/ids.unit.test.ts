import fc from 'fast-check'
import { v5 } from 'uuid'
import { expect, it } from 'vitest'
import { messageId } from '../src/index.ts'

it('is the UUID version 5 of type and identity, in the namespace of the subject', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.string(), fc.string({ unit: 'binary' }), (subject, type, identity) => {
      expect(messageId(subject, type, identity)).toBe(v5(`${type}/${identity}`, subject))
    }),
  )
})

const subject = '0198f0c2-6a23-7068-83d3-d4c1e57422d1'
it.each([
  '',
  '01',
  'an order',
  subject.slice(1),
  subject.replaceAll('-', ''),
  `{${subject}}`,
  subject.toUpperCase(),
  subject.replace('-7068-', '-0068-'),
])('is rejected for the subject %j, because consumers accept only UUIDs in lower case', (invalid) => {
  expect(() => messageId(invalid, 'Example', '')).toThrow('The subject of Example is not a UUID in lower case')
})
