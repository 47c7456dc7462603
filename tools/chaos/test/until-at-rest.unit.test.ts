import { expect, test } from 'vitest'
import { untilTwice } from '../src/world/until-at-rest.ts'

test('the system is at rest after two rests in a row', async () => {
  const answers = [true, false, true, true, true]
  await untilTwice(async () => answers.shift() ?? false, 1)
  expect(answers).toEqual([true])
})
