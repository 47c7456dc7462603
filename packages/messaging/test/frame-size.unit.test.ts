import { expect, it } from 'vitest'
import { assertFits } from '../src/amqp/publisher/frame-size.ts'

const frameMax = 4_096
const withHeader = (text: string) => ({ messageId: 'm1', headers: { text } })

it.each([
  ['ASCII', 'x', 4_000],
  ['text of 2 bytes a character', 'é', 2_000],
  ['text of 3 bytes a character', '€', 1_333],
])('properties fit as long as their bytes do: %s', (_, character, fitting) => {
  expect(() => assertFits(withHeader(character.repeat(fitting)), frameMax)).not.toThrow()
  expect(() => assertFits(withHeader(character.repeat(fitting * 1.1)), frameMax)).toThrow(RangeError)
})

it('counts the names of headers, nested values and bytes', () => {
  const large = 'x'.repeat(frameMax)
  for (const headers of [{ [large]: 1 }, { deep: [{ text: large }] }, { bytes: Buffer.from(large) }])
    expect(() => assertFits({ headers }, frameMax)).toThrow('a frame has only 4096')
})
